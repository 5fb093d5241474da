"""The library as its user meets it: ``help(bptui)`` is a guide of one page, and what it says is so."""

import doctest
import inspect
import pydoc

import bptui

GUIDE = bptui.__doc__ or ""


def test_the_guide_is_one_page_wide_and_long() -> None:
    assert len(GUIDE.splitlines()) < 50
    assert max(map(len, GUIDE.splitlines())) <= 120
    assert pydoc.plain(pydoc.render_doc(bptui)).index("guide to bptui") < 300


def test_its_lines_answer_what_it_says() -> None:
    tried = doctest.testmod(bptui)
    assert tried.attempted >= 7
    assert tried.failed == 0


def test_it_names_every_name_of_the_library() -> None:
    assert [name for name in bptui.__all__ if name not in GUIDE and name != "__version__"] == []


def test_every_public_name_says_what_it_is() -> None:
    undocumented = []
    for name in bptui.ROOMS:
        value = getattr(bptui, name)
        members = vars(value).items() if inspect.isclass(value) else ()
        undocumented += [name] * (not inspect.getdoc(value))
        undocumented += [
            f"{name}.{member}"
            for member, it in members
            if not member.startswith("_") and (callable(it) or isinstance(it, property | classmethod))
            if not inspect.getdoc(it)
        ]
    assert undocumented == []
