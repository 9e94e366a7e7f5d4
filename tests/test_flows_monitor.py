"""The Prefect flow stays thin, and prefect.yaml names it."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_deployment_names_a_flow_that_is_there():
    (entrypoint,) = re.findall(r"entrypoint: (\S+)", (ROOT / "prefect.yaml").read_text())
    module, _, name = entrypoint.rpartition(".")
    tree = ast.parse((ROOT / module.replace(".", "/")).with_suffix(".py").read_text())
    (found,) = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == name]
    assert found.decorator_list


def test_only_the_monitor_knows_prefect():
    knows = [
        path.name
        for path in (ROOT / "flows").rglob("*.py")
        if re.search(r"^\s*(?:from|import) prefect", path.read_text(), re.MULTILINE)
    ]
    assert knows == ["monitor.py"]
