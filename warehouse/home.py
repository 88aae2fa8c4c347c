"""Where everything of one HOME lies; the only place that knows these paths."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Home:
    """The directory under which one warehouse and all its state lies.

    Nothing is created by making a Home; whoever writes creates the folder it needs.

    Attributes:
        root: the HOME directory, as given (relative paths stay relative until they are used).
    """

    root: Path

    @property
    def landing(self) -> Path:
        """The directory of verbatim payloads and of our own events."""
        return self.root / "landing"

    @property
    def warehouse_file(self) -> Path:
        """The DuckDB file that writers build, one at a time; readers never open it."""
        return self.root / "warehouse.duckdb"

    @property
    def published(self) -> Path:
        """The directory of published snapshots."""
        return self.root / "published"

    @property
    def snapshot(self) -> Path:
        """The snapshot that readers open; replaced as a whole."""
        return self.published / "current.duckdb"

    @property
    def snapshot_note(self) -> Path:
        """A JSON note about the current snapshot, for people and shell scripts."""
        return self.published / "current.json"

    @property
    def rollback_note(self) -> Path:
        """A JSON note that says which snapshot a person went back to, while readers are given that one."""
        return self.published / "rolled_back.json"

    @property
    def models(self) -> Path:
        """The directory of trained models."""
        return self.root / "models"

    @property
    def mlflow(self) -> Path:
        """Where MLflow keeps its runs, unless it has a server."""
        return self.root / "mlflow"

    @property
    def matching(self) -> Path:
        """What the last matching found out; it saves time and may be deleted at any time."""
        return self.root / "matching"

    @property
    def decisions(self) -> Path:
        """The file of people's decisions about identity for this HOME alone; it need not exist."""
        return self.root / "match_overrides.csv"

    @property
    def reports(self) -> Path:
        """The directory of HTML reports."""
        return self.root / "reports"

    @property
    def dagster(self) -> Path:
        """The Dagster instance (DAGSTER_HOME)."""
        return self.root / "dagster"

    @property
    def lock_dir(self) -> Path:
        """The directory of the writers' queue, beside the warehouse file."""
        return self.root / "lock"

    @property
    def marker(self) -> Path:
        """The file by which a directory is recognised as a HOME."""
        return self.root / "home.json"

    @property
    def salt(self) -> Path:
        """The secret with which names of users are hashed; whoever has it can tell a name by its hash."""
        return self.root / "salt"

    @property
    def downloads(self) -> Path:
        """Files on their way to the landing, so that a broken download goes on where it stopped."""
        return self.root / "downloads"

    def stream(self, source: str, stream: str) -> Path:
        """The landing directory of one stream of one source."""
        return self.landing / source / stream
