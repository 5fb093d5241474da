"""The PyTorch script of what is on the screen: what the key writes, and why it may not."""

import shlex
from typing import TYPE_CHECKING

from bptui.data.clean import clean
from bptui.scenario.accept import ScenarioError
from bptui.scenario.command import command_words
from bptui.session.naming import words_of
from bptui.tui.dialogs import Line

if TYPE_CHECKING:
    from bptui.scenario import Scenario
    from bptui.tui.explorer import Explorer

MOST_NUMBERS = 1 << 20  # of samples that are packed while a key waits: a fifth of a second
ACCEPTED = "write plain (one process) or ddp (torchrun, a process for each rank)"


class ScriptLine(Line[bool]):
    """Asks which of the two scripts: the one for torchrun?"""

    NAME = "PyTorch script"
    EXAMPLE = "plain   or   ddp"

    def understood(self, words: str) -> bool:
        found = {"plain": False, "ddp": True}.get(words.strip().lower())
        if found is None:
            raise ValueError(ACCEPTED)
        return found


def why_no_script(explorer: "Explorer") -> str | None:
    """A script has the start weights and one rule: a run that was changed on its way is none."""
    run = explorer.session.run
    if never := explorer.session.why_not_change():
        return explorer.named(never)
    _, *later = run.causes.changes
    if later:
        update, change = later[0]
        begins = explorer.shown("restart")
        return f"{words_of(run, update, change)} from update {update} on, a script has one rule; {begins} begins anew"
    if run.problem.samples * run.start.architecture.sizes[0] > MOST_NUMBERS:
        return "so many samples are packed without the screen: bptui export … --torch FILE"
    return explorer.why_not_save()


def ask_script(explorer: "Explorer") -> None:
    """Write it; where several ranks share the batch, for one process or for several as is asked."""
    ranks = len(explorer.session.run.settings_at(1).rules.ranks)
    if ranks < 2:
        save_script(explorer, ranks=0)
        return
    question = f"{ranks} ranks share the batch here. The script: {ACCEPTED.removeprefix('write ')}"
    screen = ScriptLine(explorer.app.palette_name, explorer.app.ascii, question)

    def answer(_: None) -> None:
        if screen.meant is not None:
            wanted = ranks if screen.meant else 0
            explorer.do(lambda _: save_script(explorer, wanted))

    explorer.pause()
    explorer.app.push_screen(screen, answer)


def save_script(explorer: "Explorer", ranks: int) -> None:
    """The whole run from its start weights on, as a new file; for torchrun where there are ``ranks``."""
    from bptui.scenario.torch_script import torch_script  # noqa: PLC0415  when one is written

    session = explorer.session
    scenario = session.scenario.under(session.run.settings_at(1))
    name = f"{scenario.title}-{'ddp' if ranks else 'torch'}.py"
    try:
        script = torch_script(scenario, command_of(scenario, name, ranks), bool(ranks))
    except ScenarioError as problem:
        explorer.notice = clean(str(problem))
        return
    of_ranks = f" for torchrun --nproc-per-node {ranks}, equal shares"
    explorer.save(name, script, of_ranks if ranks else ": all updates from the start weights on, these losses")


def command_of(scenario: "Scenario", name: str, ranks: int) -> str:
    """The command that writes the same script; where none can say the data, what did write it."""
    try:
        words = command_words(scenario)
    except ValueError:
        return "a key of bptui's explorer"
    return shlex.join(["bptui", "export", *words, "--torch", name, *(["--ddp"] if ranks else [])])
