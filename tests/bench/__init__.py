"""How fast bptui is, measured against others on the same work: ``make bench``. Nothing here is a test."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the program does; numpy reads it when it is loaded
