"""Long calls: the work runs in a thread without the interpreter's lock, and the caller's thread tells how far it is."""

from __future__ import annotations

import concurrent.futures
import sys
import warnings
from typing import Any, Callable, Optional, TypeVar, Union

Result = TypeVar("Result")

#: Called with what is being done, how much of it is done, and how much there is (0: unknown).
ProgressCallback = Callable[[str, int, int], None]
#: True: a tqdm bar (or, without tqdm, lines on standard error); False: nothing; None: a bar in notebooks and on terminals.
Progress = Union[bool, None, ProgressCallback]

_SECONDS = 0.1


class _Bar:
    def __init__(self, title: str) -> None:
        self._title = title
        self._bar: Any = None
        try:
            with warnings.catch_warnings():  # of notebooks without widgets, where it draws a line of text
                warnings.simplefilter("ignore")
                from tqdm.auto import tqdm
        except ImportError:
            self._tqdm = None
        else:
            self._tqdm = tqdm
        self._last = ""

    def __call__(self, what: str, done: int, total: int) -> None:
        if self._tqdm is None:
            line = f"{self._title}: {what} {done}/{total}" if total else f"{self._title}: {what}"
            if line != self._last:
                print(line, file=sys.stderr)
            self._last = line
            return
        if self._bar is None:
            self._bar = self._tqdm(total=total or None, desc=self._title, leave=False)
        if total and self._bar.total != total:
            self._bar.total = total
        self._bar.set_postfix_str(what, refresh=False)
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()


def _watched_by_somebody() -> bool:
    if sys.stderr is not None and sys.stderr.isatty():
        return True
    shell = sys.modules.get("IPython")
    return shell is not None and shell.get_ipython() is not None


def run(title: str, work: Callable[[], Result], state: Callable[[], tuple[str, int, int]], progress: Progress) -> Result:
    """Runs ``work`` and shows ``state``. An interrupt (Ctrl-C) stops the waiting; what runs then ends by itself."""
    if progress is None:
        progress = _watched_by_somebody()
    if progress is False:
        return work()
    bar: Optional[_Bar] = None
    if progress is True:
        bar = _Bar(title)
        callback: ProgressCallback = bar
    else:
        callback = progress
    pool = concurrent.futures.ThreadPoolExecutor(max_workers=1)
    try:
        future = pool.submit(work)
        while True:
            callback(*state())
            try:
                result = future.result(timeout=_SECONDS)
            except concurrent.futures.TimeoutError:
                if future.done():
                    raise
                continue
            callback(*state())
            return result
    finally:
        if bar is not None:
            bar.close()
        pool.shutdown(wait=False)
