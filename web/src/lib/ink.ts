// A token of app.css as a colour that a canvas understands, in the theme that is on. light-dark() is resolved by asking an element.
const probe = document.createElement('span');
probe.hidden = true;

export function ink(token: string): string {
  if (!probe.isConnected) document.body.append(probe);
  probe.style.color = `var(${token})`;
  return getComputedStyle(probe).color;
}

/** The same as #rrggbb, which WebGL programs want. */
export function hex(token: string): string {
  const parts = /(\d+)\D+(\d+)\D+(\d+)/.exec(ink(token));
  return parts ? `#${parts.slice(1, 4).map((part) => Number(part).toString(16).padStart(2, '0')).join('')}` : '#888888';
}

const KINDS = ['ip', 'payment', 'fingerprint', 'email'];
/** A hue of their own for the common kinds; the others share the last. */
export const kindToken = (kind: string): string => `--kind-${KINDS.includes(kind) ? KINDS.indexOf(kind) : KINDS.length}`;
