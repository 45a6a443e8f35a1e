"""The main job in a real browser, as `make demo-check` does it."""

from tools.demo.demo import Demo, check
from tools.demo.settings import SCREENSHOTS


def test_a_user_works_stops_and_finds_the_work_again_V14(demo: Demo) -> None:
    check(demo, SCREENSHOTS)
    assert {shot.name.partition("-")[2] for shot in SCREENSHOTS.glob("*.png")} >= {
        "progress.png",
        "jupyterlab.png",
        "notebook.png",
        "found-again.png",
        "logged-out.png",
    }
