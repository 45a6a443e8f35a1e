"""Is the published table what the recordings say by today's rules?"""

import pytest

from tools.faults import page, results


@pytest.mark.timeout(120)
def test_the_published_table_is_what_the_recordings_say() -> None:
    assert page.PAGE.read_text() == page.render(results.read()), "run: python -m tools.faults table"
