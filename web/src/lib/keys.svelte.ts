// Keys of one stroke. A page registers its own while it is shown; the help dialog lists what is registered. They can be
// switched off (WCAG 2.1.4), and never fire while somebody types or a dialog is open.
import {onDestroy} from 'svelte';
import {recall, remember} from './memory';

export interface Shortcut {
  key: string;
  does: string;
  run: () => void;
}

interface Group {
  title: string;
  shortcuts: Shortcut[];
}

class Keys {
  // Plain, not state: while a page is torn down state reads as it was before, without what the next page has registered.
  groups: Group[] = [];
  on = $state(recall<boolean>('keys') ?? true);

  toggle(on: boolean): void {
    this.on = on;
    remember('keys', on);
  }
}
export const keys = new Keys();

/** Registers while the calling component lives. The newest registration of a key wins. */
export function shortcuts(title: string, list: Shortcut[]): void {
  const group = {title, shortcuts: list};
  keys.groups.push(group);
  onDestroy(() => void keys.groups.splice(keys.groups.indexOf(group), 1));
}

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName));

function pressed(event: KeyboardEvent): void {
  if (!keys.on || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (typing(event.target) && !isToggle(event.target)) return;
  if (document.querySelector('dialog[open]')) return;
  for (const group of keys.groups.toReversed()) {
    const shortcut = group.shortcuts.find((one) => one.key === event.key);
    if (!shortcut) continue;
    event.preventDefault();
    shortcut.run();
    return;
  }
}

/** A checkbox takes no text: letters pressed on it are commands. */
const isToggle = (target: EventTarget | null): boolean =>
  target instanceof HTMLInputElement && /^(checkbox|radio|button)$/.test(target.type);

addEventListener('keydown', pressed);
