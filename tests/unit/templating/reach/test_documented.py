"""The explanation shows the messages that a Template really gets."""

import re
from pathlib import Path

import yaml

from jupyternetes.templating import compile_template
from tests.unit.templating.templating_support import texts

PAGE = (Path(__file__).parents[4] / "docs" / "explanation" / "reach.md").read_text()


def test_the_example_of_a_refusal_is_refused_in_these_words():
    (template,), (messages,) = (re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL) for kind in ("yaml", "text"))
    assert texts(compile_template(yaml.safe_load(template)).problems) == messages.strip()
