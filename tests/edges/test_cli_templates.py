"""Templates on the command line: listed, checked, brought in, handed out."""

import pytest

from portal.features.templates.shipped import FOLDER
from portal.models.template.file.schema import schema_text
from portal.models.template.file.writing import write
from tests.support.templates import WEBSITE, make_template

pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def run(app, cast):
    def typed(*words):
        with app.app_context():
            return app.test_cli_runner().invoke(args=["templates", *map(str, words)])

    return typed


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "website.yaml"
    path.write_text(write(WEBSITE), encoding="utf-8")
    return path


def test_a_file_is_brought_in_published_listed_and_handed_out_again(run, file):
    said = run("import", file, "--publish")
    assert said.exit_code == 0, said.output
    key = said.output.split()[0]
    assert f"{key}  New website  version 1" in run("list").output
    assert run("export", key).output == write(WEBSITE)
    assert run("import", file, "--into", key).exit_code == 0


def test_what_is_wrong_is_told_by_file_and_line(run, file):
    file.write_text("name: A\nitems:\n  - key: logo\n    kind: file\n", encoding="utf-8")
    for word in ("check", "import"):
        said = run(word, file)
        assert said.exit_code == 1
        assert f"{file}:4: items.logo.kind: “file” is not known here. Did you mean “files”?" in said.output


def test_a_draft_that_cannot_go_out_is_not_published(run, file, nothing_changed):
    file.write_text("name: A\nitems:\n  - key: logo\n    kind: files\n", encoding="utf-8")
    with nothing_changed():
        said = run("import", file, "--publish")
    assert said.exit_code == 1
    assert "“logo” has no “title” in en." in said.output


def test_the_shipped_ones_pass_and_the_schema_is_the_published_one(run):
    assert run("check", *FOLDER.glob("*.yaml")).output.strip() == "All is well."
    assert run("schema").output == schema_text()


def test_an_unknown_key_is_refused_in_words(app, run, file):
    make_template(app)
    assert "There is no template with the key nonsense." in run("export", "nonsense").output
    assert "There is no template with the key nonsense." in run("import", file, "--into", "nonsense").output
