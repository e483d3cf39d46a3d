"""A hook of MkDocs: the papers stay where they stand in the repository, so that their links hold here and there.

MkDocs takes one folder; here every paper keeps its path, and what one links to and is no page is copied as it is.
"""

from __future__ import annotations

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parent.parent
PAPERS = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "deploy/README.md", "docs/*.md")
_LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Put the papers, and what they link to, in the place of what MkDocs found in its folder."""
    for file in list(files):
        if file.src_dir == config.docs_dir:
            files.remove(file)
    papers = [path for pattern in PAPERS for path in sorted(ROOT.glob(pattern))]
    linked = {path for paper in papers for path in _linked(paper) if path.suffix != ".md"}
    for path in (*papers, *sorted(linked)):
        files.append(File.generated(config, path.relative_to(ROOT).as_posix(), abs_src_path=str(path)))
    return files


def _linked(paper: Path) -> set[Path]:
    """Return the files that a paper links to; one that is missing is told by MkDocs."""
    targets = (paper.parent / target for target in _LINK.findall(paper.read_text("utf-8")))
    return {target.resolve() for target in targets if target.is_file()}
