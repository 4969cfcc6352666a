"""`python -m tests.requirements` writes docs/requirements-coverage.md."""

from tests.requirements.coverage import PAGE, page

PAGE.write_text(page(), "utf-8")
