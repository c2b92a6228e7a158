// What this browser remembers for its user. A browser that keeps nothing is no error.

export function recall<T>(name: string): T | null {
  try {
    const text = localStorage.getItem(`ringscope.${name}`);
    return text === null ? null : (JSON.parse(text) as T);
  } catch {
    return null;
  }
}

export function remember(name: string, value: unknown): void {
  try {
    localStorage.setItem(`ringscope.${name}`, JSON.stringify(value));
  } catch {
    // Full or forbidden.
  }
}
