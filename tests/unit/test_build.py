"""The tests of what is compiled run on both builds: on the right one."""

import ast
import os
from importlib import import_module

import pytest

from footfall.build import build
from hatch_build import COMPILED
from tests.unit.test_layers import PACKAGE, parsed


def test_the_build_is_the_one_that_is_tested() -> None:
    assert build() == os.environ.get("FOOTFALL_TEST_BUILD", "pure Python")


@pytest.mark.parametrize("module", COMPILED)
def test_each_module_of_a_compiled_build_is_compiled(module: str) -> None:
    assert (PACKAGE / module).is_file()
    name = module.removesuffix(".py").replace("/", ".")
    origin = import_module(f"footfall.{name}").__file__
    assert origin is not None
    assert origin.endswith(".py") == (build() == "pure Python")


def test_a_compiled_class_is_native_only_if_its_bases_are() -> None:
    """Mypyc compiles others too, to code that crashes."""
    classes = [
        node
        for module in COMPILED
        for node in ast.walk(parsed(PACKAGE / module))
        if isinstance(node, ast.ClassDef)
    ]
    native = {each.name for each in classes} | {"Generic", "Protocol"}
    wrong = [
        each.name
        for each in classes
        if not {ast.unparse(base).partition("[")[0] for base in each.bases} <= native
        and "mypyc_attr(native_class=False)" not in map(ast.unparse, each.decorator_list)
    ]
    assert wrong == []
