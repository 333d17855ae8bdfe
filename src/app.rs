//! Floor 6: builds everything in order, runs it, stops everything in reverse. Knows no environment, no arguments, no signals.

use crate::agent::Desks;
use crate::base::clock::Clock;
use crate::base::config::Config;
use crate::base::error::{Error, Result};
use crate::base::limits;
use crate::base::live::LiveConfig;
use crate::base::tls::Tls;
use crate::demo::Shop;
use crate::desk::Desk;
use crate::desk::backups::Backups;
use crate::desk::inboxes::Known;
use crate::desk::outlook::Board;
use crate::desk::vitals::Counts;
use crate::http::client::Client;
use crate::http::redirect::Redirect;
use crate::http::server::{self, ServerOptions};
use crate::http::tally::Tally;
use crate::http::tls::{Acceptor, Identity};
use crate::http::{Reply, Request};
use crate::hub::Hub;
use crate::model::event::What;
use crate::router::Router;
use crate::store::Store;
use crate::watch::{self as watching, Watch};
use crate::widget::Widget;
use crate::widget::throttles::Throttles;
use crate::{http, jobs};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::{Notify, oneshot, watch};

/// The opened house, before it answers anybody.
pub struct House {
    /// The verbs.
    pub desk: Desk,
    /// The settings that may change while it runs.
    pub live: LiveConfig,
    tally: Arc<Tally>,
    config: Config,
    outside: jobs::Outside,
    /// Who we are under TLS, where we serve it ourselves.
    secret: Option<(Identity, Acceptor)>,
    /// Where plain HTTP is answered beside HTTPS.
    plain: Option<TcpListener>,
    wake_jobs: Arc<Notify>,
    /// An inbox changed: whoever fetches mail looks at the settings again.
    wake_mail: Arc<Notify>,
    /// Told when a backup was chosen to take the place of the data file: whoever runs the house ends it then, and opens it again.
    pub chosen: Arc<Notify>,
    writer: std::thread::JoinHandle<()>,
}

impl House {
    /// Opens the data file and builds everything on it.
    pub async fn open(config: Config, clock: Clock) -> Result<House> {
        let tls = Tls::trusting(config.ca_file.as_deref())?;
        let client = Client::new(config.outbound_allow.clone(), tls.clone());
        let outside = jobs::Outside { client, post: jobs::Post::new(tls.clone()), tls, base_url: config.base_url.clone() };
        let hub = Hub::default();
        let (wake_jobs, wake_mail) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let known = Known::default();
        let board = Board::default();
        let counts = Counts::default();
        let counted = counts.clone();
        let (publish, wake, forget, heard) = (hub.clone(), wake_jobs.clone(), known.clone(), board.clone());
        let mail = wake_mail.clone();
        let (store, writer) = Store::open(
            &config.data_file,
            clock.clone(),
            Box::new(move |committed| {
                for (topics, event) in committed.announcements {
                    if let What::InboxChanged { inbox } = &event.what {
                        forget.forget(*inbox);
                        mail.notify_one();
                    }
                    heard.hear(&event.what);
                    counted.hear(&event.what);
                    publish.publish(&topics, event);
                }
                if committed.jobs {
                    wake.notify_one();
                }
            }),
        )?;
        let desk = Desk::open(store, hub, clock, known, board, counts, outside.tls.clone(), config.base_path(), config.key_file.as_deref())
            .await?;
        let live = LiveConfig::new(&config);
        let secret = match &config.https {
            None => None,
            Some(https) => {
                let identity = jobs::certificates::identity(&desk, https).await?;
                let acceptor = identity.acceptor()?;
                Some((identity, acceptor))
            }
        };
        Ok(House {
            desk,
            live,
            tally: Arc::default(),
            config,
            outside,
            secret,
            plain: None,
            wake_jobs,
            wake_mail,
            chosen: Arc::default(),
            writer,
        })
    }

    /// Answers plain HTTP there: the authority's questions, and the way to HTTPS.
    pub fn with_plain(self, listener: TcpListener) -> House {
        House { plain: Some(listener), ..self }
    }

    /// Serves until `shutdown` completes, then drains: no new requests, requests under way finish, sockets are told, workers end,
    /// the last writes reach the disk.
    pub async fn serve(
        mut self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()>,
        shop: Option<Shop>,
        options: ServerOptions,
    ) -> Result<()> {
        let (stop, stopped) = watch::channel(false);
        let workers = [
            tokio::spawn(jobs::run(self.desk.clone(), self.outside.clone(), self.wake_jobs.clone(), stopped.clone())),
            tokio::spawn(jobs::availability::run(self.desk.clone(), stopped.clone())),
            tokio::spawn(jobs::promises::run(self.desk.clone(), stopped.clone())),
            tokio::spawn(jobs::mailbox::run(self.desk.clone(), self.outside.tls.clone(), self.wake_mail.clone(), stopped.clone())),
            tokio::spawn(jobs::deliver::run(self.desk.clone(), self.config.data_file.clone(), stopped.clone())),
            tokio::spawn(jobs::housekeeping::run(self.desk.clone(), stopped.clone())),
        ];
        let secret = self.secret.as_ref().zip(self.config.https.clone()).map(|((identity, _), https)| {
            let (desk, tls) = (self.desk.clone(), self.outside.tls.clone());
            tokio::spawn(jobs::certificates::run(desk, identity.clone(), https, tls, self.live.clone(), stopped))
        });
        let router = self.router(shop);
        let port = listener.local_addr().map_err(Error::internal)?.port();
        let (close_plain, plain_closed) = oneshot::channel::<()>();
        let plain = self.plain.take().zip(self.redirect(port)).map(|(listener, redirect)| {
            let (router, options) = (router.clone(), self.plain_options(&options));
            tokio::spawn(server::serve(listener, options, async move { drop(plain_closed.await) }, move |request| {
                plain_answer(router.clone(), redirect.clone(), request)
            }))
        });
        let drained = server::serve(listener, options, shutdown, move |request| router.clone().answer(request)).await;
        drop(close_plain);
        if let Some(plain) = plain {
            plain.await.map_err(Error::internal)?;
        }
        if drained.cut > 0 {
            log::warn!("connections cut at the end count={}", drained.cut);
        }
        // Nobody listens any more when the workers are gone already.
        let _ = stop.send(true);
        for worker in workers.into_iter().chain(secret) {
            worker.await.map_err(Error::internal)?;
        }
        self.close().await
    }

    /// Lets the last writes reach the disk and leaves one file behind, unless somebody else still has it open.
    pub async fn close(self) -> Result<()> {
        let House { desk, writer, .. } = self;
        drop(desk);
        tokio::task::spawn_blocking(move || writer.join())
            .await
            .map_err(Error::internal)?
            .map_err(|_| Error::internal("the writer thread panicked"))
    }

    /// How the server behaves under this configuration.
    pub fn server_options(&self) -> ServerOptions {
        ServerOptions {
            base_host: self.config.base_host(),
            machines: watching::PATHS,
            tally: self.tally.clone(),
            trusted_proxies: self.live.trusted_proxies.clone(),
            tls: self.secret.as_ref().map(|(_, acceptor)| acceptor.clone()),
            ..ServerOptions::default()
        }
    }

    /// How plain HTTP behaves beside HTTPS: it answers on every name, and only briefly.
    fn plain_options(&self, options: &ServerOptions) -> ServerOptions {
        ServerOptions { base_host: None, tls: None, connections_max: limits::REDIRECTS_AT_ONCE, ..options.clone() }
    }

    fn redirect(&self, port: u16) -> Option<Redirect> {
        let (identity, _) = self.secret.as_ref()?;
        let host = self.config.base_host();
        let origin = host.map(|host| format!("https://{host}"));
        Some(Redirect { identity: identity.clone(), origin, port })
    }

    fn router(&self, shop: Option<Shop>) -> Router {
        let base_url = self.config.base_url.clone();
        Router {
            widget: Widget {
                desk: self.desk.clone(),
                throttles: Arc::new(Throttles::new(self.config.rate_limit_factor)),
                base_url: base_url.clone(),
                widget_dir: self.config.widget_dir.clone(),
            },
            desks: Desks {
                desk: self.desk.clone(),
                failures: Arc::default(),
                base_url,
                data_file: self.config.data_file.clone(),
                live: self.live.clone(),
                tally: self.tally.clone(),
                backups: Backups::new(
                    self.desk.clone(),
                    self.config.data_file.clone(),
                    self.config.backup_dir.clone(),
                    self.live.backup_keep.clone(),
                    self.chosen.clone(),
                ),
                outgoing: self.outside.client.clone(),
            },
            watch: Watch {
                desk: self.desk.clone(),
                live: self.live.clone(),
                tally: self.tally.clone(),
                data_file: self.config.data_file.clone(),
            },
            shop,
            base_path: self.config.base_path().to_owned(),
        }
    }
}

/// Plain HTTP beside HTTPS: machines that look whether we live are answered, everybody else is shown the way.
async fn plain_answer(router: Router, redirect: Redirect, request: Request) -> Reply {
    match request.path.as_str() {
        "/healthz" | "/readyz" => router.answer(request).await,
        _ => redirect.answer(&request),
    }
}

/// Asks the asset tree once, so that a broken build fails at start and not at the first visitor.
pub fn check_assets() -> Result<()> {
    for name in ["embed/loader.js", "widget/index.html", "desk/index.html", "locales/en.json"] {
        if http::assets::find(name).is_none() {
            return Err(Error::internal(format!("the asset {name} is missing from this build")));
        }
    }
    Ok(())
}
