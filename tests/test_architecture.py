"""Holds the design's import table and house rules: who may import whom, no cycles, texts that translate."""

import ast
import string
import sys
from collections.abc import Iterator

import pytest
from support.source_tree import PACKAGE, ROOT, Module, modules, target_module

CORE = frozenset({"domain", "system", "execution", "engines", "media", "storage", "scheduling", "services"})
"""Everything that knows nothing of Qt."""

OURS: dict[str, frozenset[str]] = {
    "domain": frozenset(),
    "system": frozenset({"domain"}),
    "execution": frozenset({"domain", "system"}),
    "engines": frozenset({"domain", "system"}),
    "media": frozenset({"domain", "system"}),
    "storage": frozenset({"domain", "system"}),
    "scheduling": frozenset({"domain", "execution", "engines.protocols", "engines.events"}),
    "services": frozenset({"domain", "engines", "media", "scheduling.ports", "storage", "system"}),
    "ui": frozenset({"domain", "engines", "media", "scheduling.ports", "system"}),
    "assembly": CORE,
    "preferences": CORE | {"ui", "assembly"},
    "intake": CORE | {"ui", "assembly"},
    "leaving": CORE | {"ui"},
    "renewing": CORE | {"ui"},
    "departure": CORE | {"ui", "assembly"},
    "engine_words": CORE | {"ui"},
    "doorbell": CORE | {"ui"},
    "night": CORE | {"ui", "departure"},
    "program": CORE
    | {"ui", "assembly", "doorbell", "engine_words", "intake", "leaving", "night", "preferences", "renewing"},
    "window": CORE | {"ui", "intake", "program", "renewing"},
    "self_test": CORE | {"ui", "assembly", "window"},
    "app": CORE | {"ui", "assembly", "window", "self_test"},
}
"""Package to the packages of ours that it may import besides itself."""

ROOTS = frozenset(
    {
        *(
            "app",
            "assembly",
            "departure",
            "doorbell",
            "engine_words",
            "intake",
            "leaving",
            "night",
            "preferences",
            "program",
        ),
        *("renewing", "self_test", "window"),
    }
)
"""Modules of the composition root; nobody below imports them."""

QT_PLACES = frozenset(
    {
        *(
            "ui",
            "departure",
            "doorbell",
            "engine_words",
            "intake",
            "leaving",
            "night",
            "preferences",
            "program",
            "renewing",
            "window",
        ),
        *("self_test", "app"),
    }
)

THEIRS: dict[str, frozenset[str]] = {
    "PySide6": QT_PLACES,
    "shiboken6": QT_PLACES,
    "qtawesome": QT_PLACES,
    "qasync": QT_PLACES,
    "send2trash": QT_PLACES,
    "sqlalchemy": frozenset({"storage"}),
    "alembic": frozenset({"storage"}),
    "sqlite3": frozenset({"storage"}),
    "PIL": frozenset({"media"}),
    "OpenImageIO": frozenset({"media"}),
    "numpy": frozenset({"media", "ui"}),
    "pyqtgraph": frozenset({"ui"}),
    "typer": frozenset({"services"}),
    "click": frozenset({"services"}),
    "rich": frozenset({"services"}),
    "psutil": frozenset({"execution", "system"}),
    "platformdirs": frozenset({"system"}),
    "tomlkit": frozenset({"system"}),
    "dotenv": frozenset({"system"}),
    "wakepy": frozenset({"system"}),
    "comtypes": frozenset({"ui"}),
    "pydantic": frozenset({"engines", "system", "services"}),
    "pydantic_settings": frozenset({"system"}),
    "zstandard": frozenset({"engines"}),
    "regex": frozenset({"engines", "ui"}),
    "multiprocessing": frozenset({"services"}),
    "asyncio": QT_PLACES,
}
"""Library to the packages that may import it; a library that is not here may be imported by nobody."""

SUBPROCESS_PLACES = frozenset(
    {
        *("execution.posix", "execution.windows", "execution.guard", "execution.computer"),
        *("execution.asking", "engines.probing"),
        # A program of its own, as `execution.guard` is.
        "self_test.stand_in",
    }
)
WINDOWS_LIBRARIES = {
    "win32gui": "execution.windows",
    "win32job": "execution.windows system.job_objects",
    "win32process": "execution.windows",
    "win32pipe": "execution.windows",
    "win32api": "execution.windows system.job_objects",
    "win32con": "execution.windows",
    "pywintypes": "execution.windows system.job_objects",
    "winreg": "engines.windows_registry system.windows_keys",
}
DRIVER_LIBRARIES = frozenset(
    {"bisect", "bpy", "unreal"}
    | {"io", "json", "os", "re", "sys", "time", "traceback", "math", "threading", "collections"}
)
"""What a script inside an engine may import: the engine, and what Python 3.7 has; and scripts beside it."""
TRANSLATORS = frozenset({"_", "gettext", "ngettext"})


def short(name: str) -> str:
    return name.removeprefix(f"{PACKAGE}.")


def is_allowed(area: str, target: str) -> bool:
    name = short(target)
    own = name.split(".")[0]
    return own == area or any(name == good or name.startswith(f"{good}.") for good in OURS[area])


def inner_modules() -> list[Module]:
    return [module for module in modules() if module.area]


def test_every_package_stands_in_the_table() -> None:
    assert {module.area for module in inner_modules()} <= set(OURS)


def test_packages_import_only_what_the_table_allows() -> None:
    wrong = []
    for module in inner_modules():
        for one in module.imports:
            target = target_module(one.name)
            if target is None or target == PACKAGE:
                continue
            if not is_allowed(module.area, target):
                wrong.append(f"{module.path}:{one.line} imports {target}")
    assert not wrong, "\n".join(wrong)


def test_libraries_are_imported_only_where_they_belong() -> None:
    wrong = []
    for module in modules():
        for one in module.imports:
            library = one.name.split(".")[0]
            if library == PACKAGE or module.is_driver:
                continue
            if library == "subprocess":
                allowed = short(module.name) in SUBPROCESS_PLACES
            elif library in WINDOWS_LIBRARIES:
                allowed = short(module.name) in WINDOWS_LIBRARIES[library].split()
            elif library in THEIRS:
                allowed = module.area in THEIRS[library]
            else:
                allowed = library in sys.stdlib_module_names
            if not allowed:
                wrong.append(f"{module.path}:{one.line} imports {one.name}")
    assert not wrong, "\n".join(wrong)


def test_nobody_below_imports_the_composition_root() -> None:
    wrong = []
    for module in modules():
        for one in module.imports:
            target = short(target_module(one.name) or "")
            if target in ROOTS and (target == "app" or module.area not in ROOTS):
                wrong.append(f"{module.path}:{one.line} imports {target}")
    assert not wrong, "\n".join(wrong)


def import_graph() -> dict[str, set[str]]:
    graph: dict[str, set[str]] = {module.name: set() for module in modules()}
    for module in modules():
        for one in module.imports:
            target = target_module(one.name)
            if target is not None and target != module.name and not one.is_type_only:
                graph[module.name].add(target)
    return graph


def cycles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Return the strongly connected groups of more than one module (Tarjan's algorithm)."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(name: str) -> None:
        order[name] = low[name] = len(order)
        stack.append(name)
        for other in sorted(graph[name]):
            if other not in order:
                visit(other)
                low[name] = min(low[name], low[other])
            elif other in stack:
                low[name] = min(low[name], order[other])
        if low[name] == order[name]:
            group = []
            while not group or group[-1] != name:
                group.append(stack.pop())
            if len(group) > 1:
                found.append(sorted(group))

    for name in sorted(graph):
        if name not in order:
            visit(name)
    return found


def test_no_import_cycles() -> None:
    assert cycles(import_graph()) == []


def test_the_cycle_finder_finds_cycles() -> None:
    graph = {"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": set(), "e": {"d"}}
    assert cycles(graph) == [["a", "b", "c"]]


@pytest.mark.parametrize("module", modules(), ids=lambda module: short(module.name))
def test_every_module_says_what_it_is(module: Module) -> None:
    docstring = ast.get_docstring(module.tree)
    assert docstring, f"{module.path} has no docstring"
    assert docstring.rstrip().endswith("."), f"{module.path}: the docstring is no sentence"


@pytest.mark.parametrize("folder", ["benchmarks", "tools", "packaging"])
def test_scripts_say_what_they_are(folder: str) -> None:
    silent = [
        str(path)
        for path in (ROOT / folder).rglob("*.py")
        if not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert not silent


def calls(module: Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(module.tree) if isinstance(node, ast.Call))


def called_name(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def test_dialogs_are_opened_not_executed() -> None:
    wrong = [
        f"{module.path}:{call.lineno}"
        for module in modules()
        if module.area == "ui"
        for call in calls(module)
        if isinstance(call.func, ast.Attribute) and called_name(call) in ("exec", "exec_")
    ]
    assert not wrong, "\n".join(wrong)


def test_the_global_thread_pool_is_not_used() -> None:
    wrong = [
        f"{module.path}:{call.lineno}"
        for module in modules()
        for call in calls(module)
        if called_name(call) == "globalInstance"
    ]
    assert not wrong, "\n".join(wrong)


SHELLS = frozenset(
    {"os.system", "os.popen", "system", "popen", "subprocess.getoutput", "subprocess.getstatusoutput"}
    | {"getoutput", "getstatusoutput", "os.startfile", "asyncio.create_subprocess_shell"}
)
"""What gives a text to a shell, or a file to whatever program its name asks for."""
RUNS_TEXT = frozenset({"eval", "exec", "execfile", "__import__"})
UNPACKERS = frozenset({"pickle", "cPickle", "dill", "marshal", "shelve", "yaml", "jsonpickle", "cloudpickle"})
"""What runs code of a file while it reads it."""
STARTERS = frozenset({"Popen", "run", "call", "check_call", "check_output"})


def test_nothing_is_run_through_a_shell() -> None:
    wrong = [
        f"{module.path}:{call.lineno}"
        for module in modules()
        for call in calls(module)
        if ast.unparse(call.func) in SHELLS
        or any(word.arg == "shell" and getattr(word.value, "value", True) for word in call.keywords)
    ]
    assert not wrong, "\n".join(wrong)


def test_programs_are_started_with_lists_of_arguments() -> None:
    """A text would be cut into arguments by somebody else, on Windows even where no shell is asked for."""
    wrong = [
        f"{module.path}:{call.lineno}"
        for module in modules()
        for call in calls(module)
        if ast.unparse(call.func) in {f"subprocess.{name}" for name in STARTERS}
        and (not call.args or isinstance(call.args[0], ast.Constant | ast.JoinedStr | ast.BinOp))
    ]
    assert not wrong, "\n".join(wrong)


def test_programs_are_not_looked_for_in_the_current_folder() -> None:
    """`shutil.which` begins there on Windows; `system.programs` does not, and the others check its answer."""
    checked = {"system.programs", "execution.computer", "execution.posix"}
    wrong = [
        f"{module.path}:{call.lineno}"
        for module in modules()
        if not module.is_driver and short(module.name) not in checked
        for call in calls(module)
        if ast.unparse(call.func) == "shutil.which"
    ]
    assert not wrong, "\n".join(wrong)


def test_no_text_is_run_as_a_program_of_ours() -> None:
    """Drivers included: a scene or a log must never become Python."""
    wrong = [
        f"{module.path}:{call.lineno} {ast.unparse(call.func)}"
        for module in modules()
        for call in calls(module)
        if isinstance(call.func, ast.Name) and call.func.id in RUNS_TEXT
    ]
    wrong += [
        f"{module.path}:{one.line} imports {one.name}"
        for module in modules()
        for one in module.imports
        if one.name.split(".")[0] in UNPACKERS
    ]
    assert not wrong, "\n".join(wrong)


def test_messages_between_programs_are_bytes_and_never_objects() -> None:
    """`send` and `recv` of a connection pickle; whoever reached the socket could run code by that."""
    wrong = [
        f"{module.path}:{call.lineno}"
        for module in modules()
        if any(one.name.startswith("multiprocessing") for one in module.imports)
        for call in calls(module)
        if isinstance(call.func, ast.Attribute) and call.func.attr in ("send", "recv")
    ]
    assert not wrong, "\n".join(wrong)


def gui_modules() -> list[Module]:
    return [module for module in modules() if module.area in QT_PLACES]


def test_labels_show_texts_as_they_are() -> None:
    """Qt takes a text for HTML that looks like it; names of files, scenes and layers may."""
    wrong = []
    for module in gui_modules():
        if short(module.name) == "ui.plain_label":
            continue
        classes = [node for node in ast.walk(module.tree) if isinstance(node, ast.ClassDef)]
        bases = [base for node in classes for base in node.bases]
        wrong += [f"{module.path}:{base.lineno}" for base in bases if ast.unparse(base) == "QLabel"]
        wrong += [f"{module.path}:{call.lineno}" for call in calls(module) if called_name(call) == "QLabel"]
    assert not wrong, "PlainLabel of render_manager.ui.plain_label it has to be:\n" + "\n".join(wrong)


RICH_WIDGETS = frozenset({"QTextEdit", "QTextBrowser", "QErrorMessage", "QTextDocument", "QGraphicsTextItem"})
HTML_SETTERS = frozenset({"setHtml", "insertHtml", "setMarkdown", "appendHtml", "setWhatsThis"})


def test_nothing_else_shows_html() -> None:
    wrong = [
        f"{module.path}:{call.lineno} {called_name(call)}"
        for module in gui_modules()
        for call in calls(module)
        if called_name(call) in RICH_WIDGETS | HTML_SETTERS
    ]
    assert not wrong, "\n".join(wrong)


def test_message_boxes_show_texts_as_they_are() -> None:
    wrong = []
    for module in gui_modules():
        names = [called_name(call) for call in calls(module)]
        if names.count("QMessageBox") > names.count("setTextFormat"):
            wrong.append(f"{module.path}: a QMessageBox without a plain text format")
        wrong += [
            f"{module.path}:{call.lineno} {ast.unparse(call.func)}"
            for call in calls(module)
            if ast.unparse(call.func).startswith("QMessageBox.")
            or (called_name(call) == "setLabelText" and not is_own_text(call.args[0]))
        ]
    assert not wrong, "\n".join(wrong)


GIVEN_BACK = frozenset({"str(field.property('own_tip') or '')"})
"""A tool tip that a widget had before, and that was made plain then."""


def is_own_text(text: ast.expr) -> bool:
    """Return whether a text is written in the program, with nothing put in."""
    if isinstance(text, ast.Call) and isinstance(text.func, ast.Name):
        return text.func.id in TRANSLATORS
    return isinstance(text, ast.Constant)


def is_plain(text: ast.expr) -> bool:
    if isinstance(text, ast.Call) and called_name(text) == "plain_tip":
        return True
    return is_own_text(text) or ast.unparse(text) in GIVEN_BACK


def tool_tips(module: Module) -> Iterator[ast.expr]:
    for call in calls(module):
        if called_name(call) == "setToolTip" and short(module.name) != "ui.tray":
            yield call.args[0]
        elif ast.unparse(call.func) == "QToolTip.showText":
            yield call.args[1]


def test_tool_tips_show_texts_as_they_are() -> None:
    wrong = [
        f"{module.path}:{text.lineno} {ast.unparse(text)}"
        for module in gui_modules()
        for text in tool_tips(module)
        if not is_plain(text)
    ]
    assert not wrong, "plain_tip has to be around these:\n" + "\n".join(wrong)


def test_tool_tips_of_models_show_texts_as_they_are() -> None:
    """A model asks `plain_tip`, or one of those that do, for what it returns under this role."""
    askers = ("plain_tip(", "tool_tip", "self._frames.data(")
    wrong = []
    for module in gui_modules():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.If) and "ToolTipRole" in ast.unparse(node.test):
                told = "".join(ast.unparse(line) for line in node.body if not isinstance(line, ast.If))
                if "return" in told and not any(asker in told for asker in askers):
                    wrong.append(f"{module.path}:{node.lineno}")
    assert not wrong, "\n".join(wrong)


def test_no_text_is_translated_while_a_module_is_imported() -> None:
    """The language may change afterwards; the command line's is chosen before its modules are imported."""
    wrong = [
        f"{module.path}:{call.lineno}"
        for module in modules()
        if not module.is_driver and not short(module.name).startswith("services.cli")
        for statement in module.tree.body
        for call in calls_at_import(statement)
        if called_name(call) in ("_", "gettext", "ngettext")
    ]
    assert not wrong, "\n".join(wrong)


def calls_at_import(node: ast.AST) -> Iterator[ast.Call]:
    """Yield the calls that run when a module is imported: not those inside of functions."""
    if isinstance(node, ast.Call):
        yield node
    is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
    for name, value in ast.iter_fields(node):
        if is_function and name == "body":
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from calls_at_import(child)


def drivers() -> list[Module]:
    found = [module for module in modules() if module.is_driver]
    assert found
    return found


@pytest.mark.parametrize("driver", drivers(), ids=lambda module: module.path.name)
def test_drivers_run_inside_old_engines(driver: Module) -> None:
    ast.parse(driver.path.read_text("utf-8"), str(driver.path), feature_version=(3, 7))
    beside = {path.stem for path in driver.path.parent.glob("*.py")}
    foreign = {one.name.split(".")[0] for one in driver.imports} - DRIVER_LIBRARIES - beside
    assert not foreign, f"{driver.path} imports {foreign}"


def literal_texts(call: ast.Call) -> list[ast.expr]:
    return call.args[:2] if called_name(call) == "ngettext" else call.args[:1]


def test_texts_can_be_translated() -> None:
    """A text that is put together before it is looked up is never found in a translation."""
    wrong = [
        f"{module.path}:{call.lineno}"
        for module in modules()
        for call in calls(module)
        if isinstance(call.func, ast.Name) and call.func.id in TRANSLATORS
        for text in literal_texts(call)
        # A name or an attribute is a text of a table, marked there with N_.
        if isinstance(text, ast.JoinedStr | ast.BinOp | ast.Call | ast.IfExp)
    ]
    assert not wrong, "\n".join(wrong)


def formatted_texts(module: Module) -> Iterator[tuple[ast.Call, str, set[str]]]:
    """Yield `_("…").format(…)` calls with each text and the names it is given."""
    for call in calls(module):
        if called_name(call) != "format" or not isinstance(call.func, ast.Attribute):
            continue
        inner = call.func.value
        if not isinstance(inner, ast.Call) or called_name(inner) not in TRANSLATORS:
            continue
        if any(word.arg is None for word in call.keywords):
            continue
        for text in literal_texts(inner):
            if isinstance(text, ast.Constant):
                yield call, str(text.value), {str(word.arg) for word in call.keywords}


def test_texts_get_every_value_they_name() -> None:
    """A sentence that cannot be put together turns an error message into a crash."""
    wrong = []
    for module in modules():
        for call, text, given in formatted_texts(module):
            fields = [field for _text, field, _spec, _conversion in string.Formatter().parse(text)]
            named = {field.split("[")[0].split(".")[0] for field in fields if field is not None}
            if not named <= given:
                wrong.append(f"{module.path}:{call.lineno} misses {named - given}")
    assert not wrong, "\n".join(wrong)


def test_no_f_string_is_formatted_again() -> None:
    """A value with braces in it must not be taken for a field: paths hold braces."""
    wrong = [
        f"{module.path}:{call.lineno}"
        for module in modules()
        for call in calls(module)
        if called_name(call) == "format"
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.JoinedStr)
    ]
    assert not wrong, "\n".join(wrong)
