import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from steps import plan

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / ".github" / "workflows"
WORKFLOWS = sorted(FOLDER.glob("*.yml"))
SECRETS = {"SIGNING_CERTIFICATE", "SIGNING_CERTIFICATE_PASSWORD"}
"""The secrets that docs/release.md tells of."""
CONTEXTS = {"github", "matrix", "secrets", "runner", "env", "needs", "steps", "inputs"}
IN_STEP_CONDITIONS = CONTEXTS - {"secrets"}
SYSTEMS = {"ubuntu", "windows", "macos"}


class UniqueKeys(yaml.SafeLoader):
    """YAML as GitHub takes it: the same key twice is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _value in node.value]
        assert len(keys) == len(set(keys)), f"a key stands twice at {node.start_mark}"
        return super().construct_mapping(node, deep)


def load(path: Path) -> dict[Any, Any]:
    return yaml.load(path.read_text("utf-8"), UniqueKeys)  # noqa: S506 - a safe loader that wants more


def jobs(path: Path) -> dict[str, dict[str, Any]]:
    return load(path)["jobs"]


def steps(path: Path) -> list[dict[str, Any]]:
    return [step for job in jobs(path).values() for step in job["steps"]]


def strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for part in value.values() for text in strings(part)]
    if isinstance(value, list):
        return [text for part in value for text in strings(part)]
    return [value] if isinstance(value, str) else []


def expressions(path: Path) -> list[str]:
    conditions = [str(part["if"]) for part in (*jobs(path).values(), *steps(path)) if "if" in part]
    return [*re.findall(r"\$\{\{(.*?)\}\}", path.read_text("utf-8")), *conditions]


def referred(expression: str, context: str) -> set[str]:
    return set(re.findall(rf"\b{context}\.([\w-]+)", expression))


def test_there_are_both() -> None:
    assert [path.stem for path in WORKFLOWS] == ["installer", "tests"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
class TestEach:
    def test_it_has_what_github_wants(self, path: Path) -> None:
        content = load(path)
        # YAML 1.1 reads the word `on` as true.
        assert set(content) <= {"name", True, "permissions", "concurrency", "env", "defaults", "jobs"}
        assert content["name"] == path.stem
        assert content[True]
        for job in jobs(path).values():
            assert job["runs-on"]
            for step in job["steps"]:
                assert ("run" in step) != ("uses" in step), step

    def test_nothing_may_more_than_it_must(self, path: Path) -> None:
        content = load(path)
        assert content["permissions"] == {"contents": "read"}
        writing = {name for name, job in jobs(path).items() if "write" in strings(job.get("permissions", {}))}
        assert writing == ({"release"} if path.stem == "installer" else set())

    def test_nothing_runs_for_ever_or_twice(self, path: Path) -> None:
        assert load(path)["concurrency"]["group"].endswith("${{ github.ref }}")
        assert all(5 <= job["timeout-minutes"] <= 120 for job in jobs(path).values())

    def test_actions_are_githubs_own_with_a_version(self, path: Path) -> None:
        used = [step["uses"] for step in steps(path) if "uses" in step]
        assert used
        for name in used:
            assert re.fullmatch(r"actions/[\w-]+@v\d+", name), name

    def test_expressions_name_what_there_is(self, path: Path) -> None:
        for expression in expressions(path):
            assert set(re.findall(r"\b([a-z]+)\.[\w-]", expression)) <= CONTEXTS, expression
            assert referred(expression, "secrets") <= SECRETS, expression
        for name, job in jobs(path).items():
            axes = set(job.get("strategy", {}).get("matrix", {}))
            for text in strings({key: value for key, value in job.items() if key != "strategy"}):
                for expression in re.findall(r"\$\{\{(.*?)\}\}", text):
                    assert referred(expression, "matrix") <= axes, (name, expression)
            needed = job.get("needs", [])
            assert set([needed] if isinstance(needed, str) else needed) <= set(jobs(path))

    def test_no_condition_asks_for_a_secret(self, path: Path) -> None:
        for part in (*jobs(path).values(), *steps(path)):
            words = set(re.findall(r"\b([a-z]+)\.[\w-]", str(part.get("if", ""))))
            assert words <= IN_STEP_CONDITIONS, part["if"]

    def test_no_command_holds_a_secret(self, path: Path) -> None:
        for step in steps(path):
            assert "secrets." not in step.get("run", ""), step

    def test_no_untrusted_text_becomes_a_command(self, path: Path) -> None:
        for step in steps(path):
            assert "${{" not in step.get("run", ""), step

    def test_commands_name_files_that_are_there(self, path: Path) -> None:
        commands = "\n".join(step.get("run", "") for step in steps(path))
        files = re.findall(r"(?<![\w./*-])(?:packaging|tests|tools|benchmarks|\.ci)/[\w./-]+", commands)
        assert files
        for name in files:
            assert (ROOT / name).exists(), name
        for step in steps(path):
            named = step.get("with", {}).get("cache-dependency-path")
            assert named is None or (ROOT / named).is_file()

    def test_builds_ask_for_steps_that_there_are(self, path: Path) -> None:
        known = {"all", "lock", *plan.step_names()}
        asked = [
            shlex.split(line)[2:]
            for step in steps(path)
            for line in step.get("run", "").splitlines()
            if line.strip().startswith("python packaging/build.py")
        ]
        assert bool(asked) == (path.stem == "installer")
        for words in asked:
            assert words and set(words) <= known, words


def test_the_tests_run_where_the_program_does() -> None:
    matrix = jobs(FOLDER / "tests.yml")["tests"]["strategy"]["matrix"]
    assert {name.split("-")[0] for name in matrix["system"]} == SYSTEMS
    allowed = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["requires-python"]
    found = re.fullmatch(r">=3\.(\d+),<3\.(\d+)", allowed)
    assert found is not None
    assert matrix["python"] == [f"3.{found[1]}", f"3.{int(found[2]) - 1}"]


def test_one_job_takes_the_lowest_versions_with_the_oldest_python() -> None:
    job = jobs(FOLDER / "tests.yml")["lowest"]
    commands = "\n".join(step.get("run", "") for step in job["steps"])
    assert "--resolution lowest-direct" in commands and "-m pytest" in commands
    assert "constraints.txt" not in commands
    versions = [
        step["with"]["python-version"] for step in job["steps"] if "setup-python" in step.get("uses", "")
    ]
    assert versions == [jobs(FOLDER / "tests.yml")["tests"]["strategy"]["matrix"]["python"][0]]


def test_the_installer_is_built_on_windows_with_the_python_that_is_shipped() -> None:
    from steps.wheels import PYTHON

    job = jobs(FOLDER / "installer.yml")["installer"]
    assert job["runs-on"].startswith("windows-")
    (python,) = [step["with"] for step in job["steps"] if "setup-python" in step.get("uses", "")]
    assert python == {"python-version": ".".join(map(str, PYTHON)), "architecture": "x64"}


def test_the_certificate_reaches_the_build_as_it_wants_it() -> None:
    from steps import signing

    job = jobs(FOLDER / "installer.yml")["installer"]
    (decoding,) = [step for step in job["steps"] if "SIGNING_CERTIFICATE" in step.get("env", {})]
    assert f"{signing.CERTIFICATE}=" in decoding["run"]
    (build,) = [step for step in job["steps"] if "build.py" in step.get("run", "")]
    assert set(build["env"]) == {signing.PASSWORD, signing.TIMESTAMPS}


def test_the_installer_and_its_checksum_are_what_is_uploaded_and_released() -> None:
    from steps.product import installer_name, version

    pattern = installer_name().replace(version(), "*")
    job = jobs(FOLDER / "installer.yml")["installer"]
    uploads = {
        step["with"]["name"]: step["with"] for step in job["steps"] if "upload" in step.get("uses", "")
    }
    assert uploads["installer"]["path"].split() == [f"dist/{pattern}", f"dist/{pattern}.sha256"]
    assert uploads["installer"]["if-no-files-found"] == "error"
    release = jobs(FOLDER / "installer.yml")["release"]
    assert release["if"] == "github.ref_type == 'tag'"
    assert "sha256sum --check" in "\n".join(step.get("run", "") for step in release["steps"])
