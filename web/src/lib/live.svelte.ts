// What the server tells unasked: a new run, an ingest under way, somebody's verdict. EventSource reconnects by itself.
import {address} from './api';
import {desk} from './desk.svelte';
import type {Writing} from './types';

export function listen(): () => void {
  const source = new EventSource(address('/stream'));
  let wasOff = false;
  source.onopen = () => {
    desk.live = 'on';
    // What was missed while the line was down is read again.
    if (wasOff) void desk.refresh();
    wasOff = false;
  };
  source.onerror = () => {
    desk.live = 'off';
    wasOff = true;
  };
  // On opening the server tells the last of each kind again: what is known already changes nothing.
  source.addEventListener('run', (event) => {
    const run = number(event, 'run');
    if (run === null || run === desk.run) return;
    void desk.refresh().then(() => desk.say(`Run ${run} was published; the page shows it.`));
  });
  source.addEventListener('verdict', (event) => {
    const verdict = number(event, 'number');
    if (verdict !== null && verdict > (desk.store?.verdicts ?? 0)) void desk.refresh();
  });
  source.addEventListener('ingest', (event) => {
    desk.writing = (read(event) as Writing | null) ?? {writing: false, activity: ''};
  });
  return () => source.close();
}

function read(event: MessageEvent): unknown {
  try {
    return JSON.parse(event.data as string);
  } catch {
    return null;
  }
}

function number(event: MessageEvent, key: string): number | null {
  const data = read(event) as Record<string, unknown> | null;
  const value = data?.[key];
  return typeof value === 'number' ? value : null;
}
