"""Settings in words, as they are typed in the explorer: ``optimizer adam``, ``l2 = 0.01  clip_norm = 1``."""

from typing import Any

from bptui.data.clean import clean
from bptui.scenario.accept import nearest, shown
from bptui.scenario.document import training_section
from bptui.scenario.keys import KEYS, OTHER_NAMES, USED_BY
from bptui.scenario.names import ORDERS
from bptui.scenario.reading import section, settings_choice
from bptui.scenario.spelt import plain, whole_numbers
from bptui.session.naming import words_of_settings
from bptui.session.session import Session
from bptui.training.schedule import why_no_batch
from bptui.training.settings import Settings

KNOWN = (*KEYS["training"], "order")
ACCEPTED = "write a setting and its value: optimizer adam, l2 0.01, batch_size 8"


def parse_settings(session: Session, words: str) -> Settings:
    """What the settings in force become by a line. Raises ValueError, which says what was not understood or does not
    fit."""
    said, now = pairs(words), session.next_settings
    order = said.pop("order", now.order)
    if order not in ORDERS:
        raise ValueError(f"order: expected one of {', '.join(ORDERS)}; got {shown(order)}")
    raw = training_section(now, whole=True) | said
    for key, (chooser, users) in USED_BY.items():
        if key in raw and key not in said and raw[chooser] not in users:
            del raw[key]  # of the optimizer or the schedule before
    try:
        settings = settings_choice(section({"training": raw}, "training"), order)
    except ValueError as problem:
        raise ValueError(str(problem).replace("training.", "")) from None
    session.scenario.under(settings).check_fit(session.run.start.architecture, session.run.problem.data)
    no_batch = why_no_batch(settings, session.next_count)
    if no_batch:
        raise ValueError(no_batch.replace("training.", ""))
    return settings


def pairs(words: str) -> dict[str, Any]:
    """``lr 0.5 l2=0`` as keys of a scenario file with their values, not checked yet. Raises ValueError."""
    tokens = words.replace("=", " ").replace("−", "-").split()
    said: dict[str, Any] = {}
    for name, word in zip(tokens[::2], [*tokens[1::2], ""], strict=False):
        key = name.lower().replace("-", "_")
        key = OTHER_NAMES.get(key, key)
        if key not in KNOWN:
            raise ValueError(f'not understood: "{clean(name, 20)}"{nearest(key, KNOWN)}; {ACCEPTED}')
        if not word:
            raise ValueError(f"{key}: its value is missing; {ACCEPTED}")
        if key in said:
            raise ValueError(f"{key} is said twice")
        also = {} if key == "order" else KEYS["training"][key].also
        said[key] = also.get(word) or (whole_numbers(word) if key == "ranks" else plain(word))
    if not said:
        raise ValueError(f"nothing is said; {ACCEPTED}")
    return said


def change_settings(session: Session, settings: Settings) -> str:
    """These settings from the next update on. Raises ArithmeticError, ValueError, and changes nothing, as
    :meth:`Session.change` does."""
    before, update = session.next_settings, session.next_update
    if settings == before:
        return "it is so already"
    forked = session.change(settings)
    return f"{words_of_settings(before, settings)} from update {update} on{forked}"
