"""Why it does not learn, in words: what the numbers of a run show when no line of the program is wrong.

Every check looks at one update and at the curve so far, says what it measured, and names a symptom where that is out of
bounds. The bounds are wide: a healthy run of every built-in set has no symptom.
"""

from bptui.experiments.symptoms.examine import examine, symptoms
from bptui.experiments.symptoms.patient import Finding, Symptom
from bptui.experiments.symptoms.watch import Watch

__all__ = ["Finding", "Symptom", "Watch", "examine", "symptoms"]
