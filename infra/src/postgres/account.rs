use std::{
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown},
    path::Path,
};

use rustix::process::geteuid;
use tokio::process::Command;

use super::error::{PostgresError, Tried as _};

/// The account that the server runs under: our own, or as root another one, because PostgreSQL
/// refuses to be root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Account {
    name: String,
    /// User and group to drop to; `None` keeps our own.
    drop_to: Option<(u32, u32)>,
}

impl Account {
    /// Our own account or, as root, the owner of the data there are, else `postgres`, else `nobody`.
    pub(super) async fn choose(data: &Path) -> Result<Self, PostgresError> {
        if !geteuid().is_root() {
            return Ok(Self { name: "this user".to_owned(), drop_to: None });
        }
        if let Ok(meta) = fs::metadata(data)
            && meta.uid() != 0
        {
            let name = format!("user {}", meta.uid());
            return Ok(Self { name, drop_to: Some((meta.uid(), meta.gid())) });
        }
        for name in ["postgres", "nobody"] {
            if let (Some(user), Some(group)) = (id("-u", name).await, id("-g", name).await)
                && user != 0
            {
                return Ok(Self { name: name.to_owned(), drop_to: Some((user, group)) });
            }
        }
        Err(PostgresError::NoAccount)
    }

    /// Lets `command` run under the account. The standard library drops root's other groups too.
    pub(super) fn apply(&self, command: &mut std::process::Command) {
        use std::os::unix::process::CommandExt as _;
        if let Some((user, group)) = self.drop_to {
            command.uid(user).gid(group);
        }
    }

    /// Makes `dir`, readable by nobody but the account.
    pub(super) fn private_dir(&self, dir: &Path) -> Result<(), PostgresError> {
        fs::create_dir_all(dir).tried(|| format!("cannot make {}", dir.display()))?;
        fs::set_permissions(dir, fs::Permissions::from_mode(0o700))
            .tried(|| format!("cannot close {} to others", dir.display()))?;
        self.own(dir)
    }

    /// Gives `path` to the account.
    pub(super) fn own(&self, path: &Path) -> Result<(), PostgresError> {
        if let Some((user, group)) = self.drop_to {
            chown(path, Some(user), Some(group))
                .tried(|| format!("cannot give {} to {}", path.display(), self.name))?;
        }
        Ok(())
    }

    /// Whether the account gets as far as `dir`: asked of the system by going there.
    pub(super) async fn must_reach(&self, dir: &Path) -> Result<(), PostgresError> {
        let mut command = std::process::Command::new("sh");
        command.args(["-c", "cd \"$1\"", "sh"]).arg(dir).current_dir("/");
        self.apply(&mut command);
        let output = Command::from(command).output().await.tried(|| "cannot run sh".to_owned())?;
        if output.status.success() {
            return Ok(());
        }
        Err(PostgresError::Unreachable { path: dir.to_owned(), account: self.name.clone() })
    }
}

async fn id(flag: &str, name: &str) -> Option<u32> {
    let output = Command::new("id").args([flag, name]).output().await.ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}
