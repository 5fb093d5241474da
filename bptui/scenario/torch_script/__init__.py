"""A PyTorch script of a scenario: its start weights, its batches in their order, its rule; losses agree in float64.

The script is put together from parts, which stand in the modules of this package as they are printed; a part that the
scenario does not need is left out, so that what remains can be read in one go.

The ranks of a scenario are left out too: under ``torchrun`` there are as many as are started, with equal shares, and
with a sum divided once the parts change nothing but rounding.
"""

from bptui.scenario.accept import ScenarioError
from bptui.scenario.scenario import Scenario
from bptui.scenario.torch_script.given import given
from bptui.scenario.torch_script.head import constants, head, imports
from bptui.scenario.torch_script.network import RANKS, batches, loss, model
from bptui.scenario.torch_script.program import main, report
from bptui.scenario.torch_script.rule import rate, update

LARGEST = 8 << 20  # bytes of a script


def torch_script(scenario: Scenario, command: str, ddp: bool = False) -> str:
    """The text of the script; with ``ddp`` one for ``torchrun``. Raises ScenarioError where the data are too many to
    stand in it, and for a recording."""
    if scenario.recording is not None:
        raise ScenarioError(
            f"{scenario.origin}: PyTorch has made it already, in an order that no seed gives; bptui save-scenario "
            "writes a scenario of its data and start weights, which can be exported"
        )
    run = scenario.begin()
    settings, numbers = run.settings_at(1), given(run.problem, run.start)
    parts = [
        f"{head(scenario.title, command, ddp)}\n\n{imports(settings, 'PACKED' in numbers, ddp)}",
        constants(settings, run.problem),
        *([RANKS] if ddp else []),
        batches(settings),
        model(run.start, settings, ddp),
        loss(settings),
        *([rate(settings)] if settings.rules.schedule.name != "constant" else []),
        update(settings, ddp),
        report(run.problem, settings, ddp),
        main(settings, ddp),
        numbers,
        'if __name__ == "__main__":\n    main()',
    ]
    script = "\n\n\n".join(part.strip("\n") for part in parts) + "\n"
    if len(script) > LARGEST:
        raise ScenarioError(
            f"{scenario.title}: its samples make a script of {len(script) >> 20} MB; at most {LARGEST >> 20} MB are "
            "written. Take fewer: --samples N"
        )
    return script
