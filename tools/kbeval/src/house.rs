//! The product around the matching: a temporary database, the importer, the bot's catalogue.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use chudian::app::build;
use chudian::base::content::Content;
use chudian::base::id::{Id, TenantId};
use chudian::base::time::Clock;
use chudian::bot::catalogue::{self, Catalogue};
use chudian::bot::learning::gauge::Beside;
use chudian::bot::learning::learner::Learner;
use chudian::bot::learning::material::Material;
use chudian::bot::learning::run;
use chudian::bot::look_up::look_up_all_with_model;
use chudian::bot::nearness;
use chudian::config::Config;
use chudian::ctx::Ctx;
use chudian::knowledge::{import, store};
use chudian::models::model::{Choice, Kept};
use chudian::models::store as models;
use chudian::tenants::model::{Tenant, TenantKind};
use chudian::tenants::store as tenants;
use chudian::web::actor::Actor;
use retrieval::learnt::{Effort, Lesson};
use retrieval::{Candidate, Language, index};
use rustix::time::{ClockId, clock_gettime};

use crate::Result;
use crate::data::{Entry, Pair, Question, Set};

/// A house without doors: nobody calls, nothing is sent.
pub(crate) struct House {
    ctx: Ctx,
    has_model: bool,
}

/// A base as the bot has it.
pub(crate) struct Base {
    pub(crate) catalogue: Arc<Catalogue>,
    /// The importer's key of each entry that it took, by the set's id.
    keys: HashMap<String, i64>,
    tenant: TenantId,
    /// From which confidence on the product answers: learnt from this base, or the one that a new company has.
    pub(crate) threshold: f64,
    /// From the stored rows to a catalogue that answers, seconds.
    pub(crate) build_seconds: f64,
    /// What the process grew by meanwhile, MiB.
    pub(crate) memory_mib: f64,
}

/// What was found for one question.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found {
    /// Where the right entry stands among the ten candidates, from 0.
    pub(crate) rank: Option<usize>,
    /// The confidence of the first candidate; 0 without one.
    pub(crate) confidence: f64,
    /// Processor time of looking it up, microseconds.
    pub(crate) micros: f64,
}

/// What was found for all questions of a set.
pub(crate) struct Asked {
    pub(crate) queries: Vec<Found>,
    pub(crate) outside: Option<Vec<Found>>,
    pub(crate) noise: Option<Vec<Found>>,
}

impl House {
    pub(crate) async fn open(scratch: &Path, model: Option<&Path>) -> Result<Self> {
        std::fs::remove_dir_all(scratch).unwrap_or_default();
        let data = std::path::absolute(scratch.join("data")).map_err(|error| error.to_string())?;
        std::fs::create_dir_all(&data)
            .map_err(|error| format!("{}: cannot be made ({error})", data.display()))?;
        let variables = [
            ("CHUDIAN__DATA__FOLDER", data.display().to_string()),
            ("CHUDIAN__SECRETS__KEY_FILE", data.with_extension("key").display().to_string()),
            ("CHUDIAN__LOG__LEVEL", "warn".to_owned()),
        ]
        .into_iter()
        .chain(model.map(|it| ("CHUDIAN__MODELS__DIRECTORY", it.display().to_string())))
        .map(|(name, value)| (name.to_owned(), value))
        .collect::<Vec<_>>();
        let config = Config::from_parts(None, &variables).map_err(|error| error.to_string())?;
        let house = build::build(config, Clock::system()).map_err(|error| error.to_string())?;
        retrieval::normalise::warm_up();
        retrieval::pinyin::warm_up();
        Ok(Self { ctx: house.start_news(), has_model: model.is_some() })
    }

    /// A company with these entries, imported as an editor does it.
    pub(crate) async fn import(&self, code: &str, entries: &[Entry]) -> Result<Base> {
        let failed = |error: chudian::base::Error| error.to_string();
        let name = code.to_owned();
        let tenant = self.ctx.db.write(move |tx| found_tenant(tx, name)).await.map_err(failed)?;
        let bytes = table(entries).into_bytes();
        let report = import::import(
            &self.ctx,
            &Actor::system(tenant),
            bytes,
            import::How {
                publish: true,
                accept_fall: true,
                kind: tables::FileKind::Table,
                ..import::How::default()
            },
        )
        .await
        .map_err(failed)?;
        for error in report.errors.iter().take(5) {
            eprintln!("import: row {}: {}", error.place.row, error.message);
        }
        let questions =
            self.ctx.db.read(move |tx| store::list_questions(tx, tenant)).await.map_err(failed)?;
        let before = resident_mib();
        let begun = Instant::now();
        let catalogue = catalogue::of(&self.ctx, tenant).await.map_err(failed)?;
        let build_seconds = begun.elapsed().as_secs_f64();
        let memory_mib = resident_mib() - before;
        eprintln!(
            "{code}: {} entries of {} rows, catalogue in {build_seconds:.3} s, {memory_mib:.1} MiB",
            report.created, report.rows
        );
        let keys = entries
            .iter()
            .filter_map(|it| Some((it.id.clone(), questions.get(it.std.trim())?.raw())))
            .collect();
        let threshold = own_threshold(self.wordings(tenant).await?, &catalogue);
        Ok(Base { catalogue, keys, tenant, threshold, build_seconds, memory_mib })
    }

    /// Turns the local sentence encoder on, as a tenant does it.
    pub(crate) async fn choose_model(&self, base: &Base) -> Result<()> {
        let tenant = base.tenant;
        let kept = Kept { choice: Choice::Local, secret: None, version: 1 };
        let chosen = self.ctx.db.write(move |tx| {
            let now = tx.now();
            models::put(tx, tenant, &kept, now)
        });
        chosen.await.map(drop).map_err(|error| error.to_string())
    }

    /// The same base after a training like that of a night, with labelled pairs beside what the base itself teaches: they
    /// come in as confirmed answers do. What does not pass the training's own trial is not in force, as in life.
    pub(crate) async fn learn(&self, base: Base, pairs: &[Pair]) -> Result<Base> {
        let failed = |error: chudian::base::Error| error.to_string();
        let with_label = |label: u8| {
            let of = pairs.iter().filter(move |it| it.label == label);
            of.map(|it| (it.a.clone(), it.b.clone())).collect::<Vec<_>>()
        };
        let more = Lesson { pairs: with_label(1), different: with_label(0), texts: Vec::new() };
        let begun = process_cpu_micros();
        let training = run::learn_now(&self.ctx, base.tenant, more).await.map_err(failed)?;
        let report = training.report;
        eprintln!(
            "training from {} labelled pairs: {:?} in {:.1} s of processor time\n  space {:?}\n  model {:?}, {}; threshold {:?}",
            pairs.len(),
            training.state,
            (process_cpu_micros() - begun) / 1e6,
            report.gauge,
            report.model_gauge,
            if report.model_learnt { "taught" } else { "as it is" },
            report.answer_from,
        );
        let catalogue = catalogue::read_anew(&self.ctx, base.tenant).await.map_err(failed)?;
        let threshold = f64::from(catalogue.thresholds().answer);
        Ok(Base { catalogue, threshold, ..base })
    }

    async fn wordings(&self, tenant: TenantId) -> Result<Vec<retrieval::Entry>> {
        let entries = self.ctx.db.read(move |tx| store::list_published(tx, tenant)).await;
        let wordings = |it: chudian::knowledge::model::Entry| retrieval::Entry {
            key: it.id.raw(),
            wordings: std::iter::once(it.body.question).chain(it.body.similar).collect(),
        };
        Ok(entries.map_err(|error| error.to_string())?.into_iter().map(wordings).collect())
    }

    /// The same base with the vectors of the model that was chosen, ready to be asked.
    pub(crate) async fn with_model(&self, base: Base) -> Result<Base> {
        let failed = |error: chudian::base::Error| error.to_string();
        let (begun, before) = (process_cpu_micros(), resident_mib());
        let catalogue = nearness::beside(&self.ctx, base.tenant, &base.catalogue).await.map_err(failed)?;
        eprintln!(
            "the model read the base in {:.1} s of processor time, {:.1} MiB with itself",
            (process_cpu_micros() - begun) / 1e6,
            resident_mib() - before
        );
        Ok(Base { catalogue: catalogue.into(), ..base })
    }

    /// For each query: of its fifty candidates, the place of the first right one when the points of no feature are
    /// taken away, and of each of these groups.
    pub(crate) async fn ablate(
        &self,
        base: &Base,
        set: &Set,
        groups: &[(&str, &[&str])],
    ) -> Vec<Vec<Option<usize>>> {
        let mut places = Vec::with_capacity(set.queries.len());
        for question in &set.queries {
            let near = nearness::ask(&self.ctx, &base.catalogue, &question.text).await;
            let found = base.catalogue.knowledge.search(&question.text, index::POOL, near.as_ref());
            let gold = base.gold(question);
            let place = |dropped: &[&str]| {
                let points = |it: &Candidate| -> f32 {
                    let kept = it.why.points.iter().filter(|(name, ..)| !dropped.contains(name));
                    kept.map(|it| it.2).sum()
                };
                let mut scores: Vec<(f32, i64)> = found.iter().map(|it| (points(it), it.entry)).collect();
                scores.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
                scores.iter().position(|it| gold.contains(&it.1))
            };
            places.push(std::iter::once(place(&[])).chain(groups.iter().map(|it| place(it.1))).collect());
        }
        places
    }

    /// Looks all questions of the set up.
    pub(crate) async fn ask_all(&self, base: &Base, set: &Set) -> Asked {
        let (mut queries, mut outside, mut noise) = (Vec::new(), None, None);
        for it in &set.queries {
            queries.push(self.ask(base, it).await);
        }
        for (questions, found) in [(&set.outside, &mut outside), (&set.noise, &mut noise)] {
            let Some(questions) = questions else { continue };
            let mut all = Vec::with_capacity(questions.len());
            for it in questions {
                all.push(self.ask(base, it).await);
            }
            *found = Some(all);
        }
        Asked { queries, outside, noise }
    }

    async fn ask(&self, base: &Base, question: &Question) -> Found {
        let content = Content::text(question.text.as_str());
        // The model works on threads of its own, and nothing else does meanwhile.
        let clock = if self.has_model { process_cpu_micros } else { cpu_micros };
        let begun = clock();
        let findings = look_up_all_with_model(&self.ctx, &base.catalogue, &content).await;
        let micros = clock() - begun;
        let gold = base.gold(question);
        let candidates = findings.candidates();
        Found {
            rank: candidates.iter().position(|it| gold.contains(&it.entry)),
            confidence: candidates.first().map_or(0.0, |it| f64::from(it.confidence)),
            micros,
        }
    }
}

impl Base {
    /// How many entries the importer took.
    pub(crate) fn entries(&self) -> usize {
        self.keys.len()
    }

    /// The keys of the entries that answer a question.
    fn gold(&self, question: &Question) -> Vec<i64> {
        question.gold.iter().filter_map(|it| self.keys.get(it).copied()).collect()
    }
}

fn found_tenant(tx: &mut chudian::db::Tx<'_>, code: String) -> chudian::base::Result<TenantId> {
    let tenant = Tenant {
        id: tx.new_id(),
        parent: None,
        kind: TenantKind::Member,
        name: code.clone(),
        code,
        time_zone: "Asia/Shanghai".to_owned(),
        region: String::new(),
        created_at: tx.now(),
        closed: false,
    };
    tenants::insert_tenant(tx, &tenant)?;
    Ok(tenant.id)
}

/// The base as an editor's table. An entry without an answer gets an invented one.
fn table(entries: &[Entry]) -> String {
    let cell = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let mut csv = String::from("question,similar,answer\n");
    for entry in entries {
        let similar: Vec<String> = entry.sim.iter().map(|it| it.replace('|', " ")).collect();
        let answer = entry.answer.clone().unwrap_or_else(|| format!("Answer {}", entry.id));
        let cells = [entry.std.clone(), similar.join("|"), answer].map(|it| cell(&it));
        csv.push_str(&cells.join(","));
        csv.push('\n');
    }
    csv
}

/// As the product reads it off a base that has learnt nothing: by asking it about itself.
fn own_threshold(entries: Vec<retrieval::Entry>, catalogue: &Catalogue) -> f64 {
    let begun = cpu_micros();
    let (material, more) = (Material::new(entries, &[]), Lesson::default());
    let usual = catalogue.thresholds().answer;
    let learner = Learner {
        material: &material,
        more: &more,
        language: &Language::common(),
        sight: None,
        answer: usual,
        effort: Effort::default(),
        go_on: &|_| true,
    };
    let learnt = learner.answer_from(Beside::Nothing, false);
    eprintln!("threshold {learnt:?} in {:.1} s of processor time", (cpu_micros() - begun) / 1e6);
    f64::from(learnt.unwrap_or(usual))
}

/// This thread's processor time.
fn cpu_micros() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e6 + time.tv_nsec as f64 / 1e3
}

/// The processor time of all threads.
fn process_cpu_micros() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 * 1e6 + time.tv_nsec as f64 / 1e3
}

fn resident_mib() -> f64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: f64 = text.split(' ').nth(1).and_then(|it| it.parse().ok()).unwrap_or_default();
    pages * rustix::param::page_size() as f64 / 1_048_576.0
}
