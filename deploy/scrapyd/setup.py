"""The egg for scrapyd. What is no Python, such as the profiles of sites, must be named here to be in it."""

from setuptools import find_packages, setup

ROOT = "../.."  # scrapyd-deploy runs this in its own folder

setup(
    name="vestnik",
    version="0",
    package_dir={"": ROOT},
    packages=find_packages(ROOT, include=["crawler", "crawler.*", "pipelines", "pipelines.*"]),
    package_data={
        "crawler": ["*.txt"],
        "crawler.sites": ["*.toml", "*.json"],
        "crawler.extraction": ["languages/*.toml"],
        "pipelines.stories": ["*.bin", "*.md"],
    },
    entry_points={"scrapy": ["settings = crawler.settings"]},
    options={"egg_info": {"egg_base": "."}},
    zip_safe=True,
)
