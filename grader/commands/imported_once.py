"""What grading and report processes have in common: imported once, by the process they are forked from."""

from contextlib import suppress

import grader.batch.jobs
import grader.commands.write_reports  # noqa: F401

with suppress(OSError):  # Pango is missing, which is told with the first PDF
    import weasyprint  # noqa: F401
