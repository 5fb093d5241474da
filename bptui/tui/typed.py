"""Cuts what a terminal sends into whole pieces: a character, a key's sequence, a paste. It knows no terminal, no clock.

A slow line delivers a sequence in parts, and a lone Esc looks like the first part of one. Esc is told after a short
delay; should the rest of a sequence come after that, it still is none of the keys it is written with.
"""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

ESC = "\x1b"
PASTE_BEGINS, PASTE_ENDS = "\x1b[200~", "\x1b[201~"
WHOLE = re.compile(
    r"""\x1b(?:
    \[ (?: \[. | M[^\x00-\x1f]{3} | (?![\[M])[0-?]*[ -/]*[@-~] )  # ESC [ and its end; F1 of Linux; a mouse of old
  | O [0-9;]* [^0-9;\x1b]                                   # ESC O and a letter
  | (?: \][0-9] | P[0-9>|+$!] ) [^\x07\x1b]* (?:\x07|\x1b\\)  # an answer; its end is a bell or ST
  | (?! \][0-9] | P[0-9>|+$!] | [\]P]\Z ) [^\x1b\[O]        # Alt and a key
    )""",
    re.DOTALL | re.VERBOSE,
)
BEGUN = re.compile(
    r"""\x1b(?:
    \[ (?: \[ | M[^\x00-\x1f]{0,2} | [0-?]*[ -/]* )
  | O [0-9;]*
  | (?: \][0-9] | P[0-9>|+$!] ) [^\x07\x1b]* (?:\x1b\Z)?
  | [\]P]\Z
    )?""",
    re.DOTALL | re.VERBOSE,
)
"""As much of a sequence as there is."""
BURST = 64  # different characters at once are more than anybody types
HELD = 3 * BURST  # and of one character more than a key held down repeats while a line is stuck for some seconds
KEPT = 2**16  # characters of a paste: nobody can mean more
PASTING = 0.1  # seconds after a burst in which what comes is the rest of it
PASTE_LOST = 2.0  # seconds of silence after which the end of a paste will not come
LONGEST = 4096  # characters of an answer
NEVER = float("-inf")


class Piece(NamedTuple):
    """``escape`` is the key; a ``sequence`` is whole; of a ``paste`` it is the text alone."""

    kind: Literal["key", "escape", "sequence", "paste"]
    text: str


class Typed:
    """Text in, pieces out; times are seconds of one clock.

    ``escape`` is how long Esc waits for the rest of a sequence, ``late`` how long the rest may be under way.
    """

    def __init__(self, escape: float, late: float) -> None:
        self.escape = escape
        self.late = late
        self._held = ""  # what has come of a sequence
        self._since = NEVER  # when the last of it came
        self._told = NEVER  # when an Esc was told that may have been the first of a sequence
        self._paste: str | None = None
        self._burst = NEVER

    @property
    def deadline(self) -> float | None:
        """When :meth:`tick` will have something to do."""
        if self._paste is not None:
            return self._since + PASTE_LOST
        if self._held:
            return self._since + (self.escape if self._held == ESC else self.late)
        return None

    def tick(self, now: float) -> Iterator[Piece]:
        """What is clear because nothing more has come: Esc alone; the end of a paste, or of a sequence, is lost."""
        if self.deadline is None or now < self.deadline:
            return
        if self._paste is not None:
            yield Piece("paste", self._paste)
        elif self._held == ESC:
            self._told = now
            yield Piece("escape", ESC)
        self._paste, self._held = None, ""

    def feed(self, text: str, now: float) -> Iterator[Piece]:
        """The pieces of what has come, and of what had been held back."""
        yield from self.tick(now)
        if self._held == ESC and text[:1] not in ("[", "O"):
            yield Piece("escape", ESC)  # what follows is a key of its own: a terminal sends Alt and a key at once
        elif self._held:
            text = self._held + text
        elif text[:1] in ("[", "O") and now - self._told <= self.late:
            text = ESC + text
        self._held, self._told, self._since = "", NEVER, now
        while text:
            if self._paste is not None:
                piece, text = self._pasted(text)
            elif text[0] == ESC:
                piece, text = self._sequence(text)
            else:
                plain, esc, rest = text.partition(ESC)
                text = esc + rest
                yield from self._plain(plain, now)
                continue
            if piece is not None:
                yield piece

    def _pasted(self, text: str) -> tuple[Piece | None, str]:
        """A paste, if this is its end, and what comes after it."""
        whole, end, rest = f"{self._paste}{text}".partition(PASTE_ENDS)
        if len(whole) > KEPT:
            whole = whole[:KEPT] + whole[1 - len(PASTE_ENDS) :]  # with what may be the first part of its end
        self._paste = None if end else whole
        return (Piece("paste", whole) if end else None), rest

    def _sequence(self, text: str) -> tuple[Piece | None, str]:
        """A sequence, if it is whole, and what comes after it."""
        found = WHOLE.match(text)
        if found:
            rest = text[found.end() :]
            if found[0] == PASTE_BEGINS:
                self._paste = ""
                return None, rest
            return Piece("sequence", found[0]), rest
        begun = BEGUN.match(text)
        assert begun is not None, "an ESC begins one"
        if begun[0] == text and len(text) < LONGEST:
            self._held = text
            return None, ""
        if begun[0] == ESC:
            return Piece("escape", ESC), text[1:]
        return None, text[begun.end() :]  # broken off: none of it is a key

    def _plain(self, text: str, now: float) -> Iterator[Piece]:
        """Keys; or a paste, where a terminal does not say that it is one."""
        if now - self._burst <= PASTING or len(text) > (BURST if len(set(text)) > 1 else HELD):
            self._burst = now
            yield Piece("paste", text.replace("\r", "\n"))
        else:
            yield from (Piece("key", character) for character in text)
