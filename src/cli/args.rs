//! Everything that can be typed after `liancheng`, as it is typed.

use std::path::PathBuf;

use clap::builder::PossibleValue;
use clap::{Args as Arguments, Parser, Subcommand, ValueEnum};

use crate::present::DEFAULT_WIDTH;
use crate::present::format::FORMATS;
use crate::query::Sort;

/// Full-text search for crawled Chinese news about cooperation between cities.
#[derive(Debug, Parser)]
#[command(
    name = "liancheng",
    version,
    about = "连城: full-text search for crawled Chinese news about cooperation between cities",
    after_help = "Example:\n  liancheng index crawl/\n  liancheng search 佛山 人才飞地 --since 2023",
    propagate_version = true,
    max_term_width = 100,
    disable_help_subcommand = true
)]
pub(super) struct Args {
    /// Folder of the index
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "LIANCHENG_INDEX",
        default_value = "liancheng.idx",
        hide_env_values = true
    )]
    pub index: PathBuf,

    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t = Colour::Auto)]
    pub color: Colour,

    #[command(subcommand)]
    pub command: Command,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Colour {
    /// In a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Read crawl files and add what is new or has changed
    #[command(
        after_help = "Files that have not changed are not read again. Articles stay when their file \
                      goes, unless --prune is given.\n\n\
                      Example:\n  liancheng index crawl/ feeds.jsonl.gz\n  \
                      liancheng index --index archive.idx --strict crawl/\n  \
                      liancheng index --prune"
    )]
    Index(IndexArgs),

    /// Build the index anew beside the old one, then swap
    #[command(
        after_help = "Searches answer from the old index until the new one is complete and has passed \
                      its checks.\nArticles that no file holds any more are taken from the old index, \
                      unless --prune is given.\nThe old one is kept until the new one has answered a \
                      search and something is written.\n\n\
                      Example:\n  liancheng rebuild\n  liancheng rebuild crawl-2024/ crawl-2025/\n  \
                      liancheng rebuild --rollback"
    )]
    Rebuild(RebuildArgs),

    /// Index what arrives in folders, until it is stopped
    #[command(
        after_help = "A file is taken when it has rested: its size and times stayed as they were. What \
                      was in stays in, however it is stopped.\n\n\
                      Example:\n  liancheng watch crawl/\n  \
                      liancheng watch --settle 10 /srv/crawl-a /srv/crawl-b"
    )]
    Watch(WatchArgs),

    /// Find articles
    #[command(
        after_help = "Queries:\n  荔湾 南海 人才合作区    enough of these, the more the better\n  \
                            \"人才飞地\"              exactly this, also “…” and 「…」\n  \
                            佛山 -招聘              without this\n  \
                            飞地 OR 合作区          one of these, also | and groups in ( )\n  \
                            title:飞地 outlet:日报  in the headline, by an outlet of this name\n  \
                            地区:长三角 日期:2023..  about a place, published then\n  \
                            \"佛山 茂名\"~10         near each other; 同句(佛山 茂名) in one sentence\n\n\
                            Example:\n  liancheng search 佛山 人才飞地 --since 2023-07 --sort newest\n  \
                            liancheng search --partners 佛山,茂名 --format csv -n 100 > pairs.csv\n\n\
                            Exit code: 0 found, 1 nothing found, 2 could not"
    )]
    Search(SearchArgs),

    /// Print what has come since a saved search was asked last
    #[command(
        after_help = "Each article is told once, whatever is rebuilt meanwhile. Without a name the saved \
                      searches are listed.\n\n\
                      Example:\n  liancheng search --city 佛山 --save 佛山\n  \
                      liancheng new 佛山 --format jsonl | mail-script\n  \
                      liancheng new 佛山 --peek\n\n\
                      Exit code: 0 something new, 1 nothing new, 2 could not"
    )]
    New(NewArgs),

    /// Count what matches by province, city, year, outlet …
    #[command(after_help = "The counts of a facet ignore the filter on itself.\n\n\
                            Example:\n  liancheng facets 人才飞地 --by city,year --limit 20\n  \
                            liancheng facets --region 粤港澳大湾区 --format csv")]
    Facets(FacetsArgs),

    /// Say who works with whom: pairs of places, on what, since when, and the sentence that says so
    #[command(
        after_help = "Without a place every pair is listed, with one its partners, with two their \
                      time line.\nReprints count once. Wrong facts are corrected in \
                      `overrides.toml` in the folder of the index.\n\n\
                      Example:\n  liancheng partners 佛山 --since 2023\n  \
                      liancheng partners 佛山,茂名\n  \
                      liancheng partners --region 长三角 --within --format graphml > 长三角.graphml\n\n\
                      Exit code: 0 found, 1 nothing found, 2 could not"
    )]
    Partners(PartnersArgs),

    /// Count what matches month by month, with its share of all articles
    #[command(after_help = "The share tells a growing topic from a growing archive.\n\n\
                            Example:\n  liancheng trend 人才飞地\n  \
                            liancheng trend 对口帮扶 --by year --format csv > trend.csv\n  \
                            liancheng trend --city 佛山 --since 2022 --format svg > foshan.svg\n\n\
                            Exit code: 0 found, 1 nothing found, 2 could not")]
    Trend(TrendArgs),

    /// Serve a page to search on and a JSON API, until it is stopped
    #[cfg(feature = "serve")]
    #[command(
        after_help = "Only this machine can reach it, unless --listen names another address; \
                            then a token is asked for.\nRebuilt and updated indexes are followed \
                            without a restart. docs/serve.md has the details.\n\n\
                            Example:\n  liancheng serve\n  \
                            LIANCHENG_TOKEN=… liancheng serve --listen 0.0.0.0:8080"
    )]
    Serve(ServeArgs),

    /// Print one article with its facts and where they were read
    #[command(after_help = "Example:\n  liancheng show 3f9c01d2 --query 人才飞地\n  \
                            liancheng show 3f9c01d2 --format json")]
    Show(ShowArgs),

    /// Send the articles of the index to an OpenSearch cluster
    #[cfg(feature = "cluster")]
    #[command(
        after_help = "Only what differs is sent. Where much does, a new archive is filled beside the \
                      old one, looked through,\nand then takes its name in one step; a push that was \
                      broken off goes on where it stopped.\nUser and password, or an API key, come \
                      from LIANCHENG_CLUSTER_USER and LIANCHENG_CLUSTER_PASSWORD,\n\
                      LIANCHENG_CLUSTER_API_KEY, or from the file that LIANCHENG_CLUSTER_CREDENTIALS \
                      names. docs/cluster.md has\nthe details.\n\n\
                      Example:\n  liancheng push --to http://127.0.0.1:9200\n  \
                      liancheng search 人才飞地 --cluster http://127.0.0.1:9200\n  \
                      liancheng push --to http://127.0.0.1:9200 --rollback"
    )]
    Push(PushArgs),

    /// Say what the index holds, how old it is and what is stale
    #[command(after_help = "Example:\n  liancheng status\n  liancheng status --format json")]
    Status(StatusArgs),

    /// Verify every byte of the index, and say what to do if something is damaged
    #[command(after_help = "Example:\n  liancheng check\n  liancheng check --format json\n\n\
                            Exit code: 0 all is well, 2 something is damaged")]
    Check(StatusArgs),

    /// Print what the program makes of crawl files, without any index
    #[command(after_help = "Example:\n  liancheng read page.txt\n  \
                            liancheng read crawl/ --format jsonl --witness > articles.jsonl\n  \
                            liancheng read page.html --diff\n  \
                            liancheng read crawl.warc.gz --report")]
    Read(ReadArgs),

    /// Find articles on the same affair as one, and say why
    #[command(after_help = "Example:\n  liancheng similar 3f9c01d2 -n 5")]
    Similar(SimilarArgs),

    /// Answer a list of queries: one row for each query and article
    #[command(
        after_help = "The file holds one query a line, or columns with names in the first line: \
                            query, region, city, partners, since, until, outlet, kind.\n\n\
                            Example:\n  liancheng batch pairs.csv -n 3 > answers.csv"
    )]
    Batch(BatchArgs),

    /// Show what the program makes of a text, as a query and as an article
    #[command(after_help = "Example:\n  liancheng analyze 沪滇对口帮扶怎么做")]
    Analyze(AnalyzeArgs),

    /// Measure how good the answers to judged queries are
    #[command(
        after_help = "Topics are a JSON file of topics and known items, or TREC's topics with \
                      --qrels.\n\n\
                      Example:\n  liancheng eval topics.json --rows --write today.run\n  \
                      liancheng eval topics.json --against yesterday.run\n  \
                      liancheng eval topics.txt --qrels qrels.txt --run other-system.run"
    )]
    Eval(EvalArgs),

    /// Print completions for a shell
    #[command(after_help = "Example:\n  liancheng completions bash > \
                            ~/.local/share/bash-completion/completions/liancheng")]
    Completions(CompletionsArgs),
}

#[derive(Debug, Arguments)]
pub(super) struct BuildArgs {
    /// End with exit code 2 if anything was skipped
    #[arg(long)]
    pub strict: bool,

    /// Threads that write the index [default: one a processor, 8 at most]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub threads: Option<u16>,

    /// Name every page that is skipped, not only the first twenty
    #[arg(long, short)]
    pub verbose: bool,

    /// Take articles out that no file holds any more
    #[arg(long)]
    pub prune: bool,

    /// In a long run, let searches have what is in after so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    pub commit_every: u64,

    /// How to print the summary
    #[arg(long, value_enum, default_value_t = Report::Text)]
    pub format: Report,

    #[command(flatten)]
    pub fields: FieldsArgs,
}

#[derive(Debug, Arguments)]
pub(super) struct FieldsArgs {
    /// How the crawl names its fields, as in schema/fields.toml; an index remembers it
    #[arg(long, value_name = "FILE")]
    pub fields: Option<PathBuf>,
}

#[derive(Debug, Arguments)]
pub(super) struct IndexArgs {
    /// Crawl files and folders; `-` reads standard input [default: those that the index knows]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    #[command(flatten)]
    pub build: BuildArgs,
}

#[derive(Debug, Arguments)]
pub(super) struct RebuildArgs {
    /// Crawl files and folders [default: those that the index was built from]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// Go back to the index as it was before the last rebuild
    #[arg(long, conflicts_with_all = ["paths", "prune"])]
    pub rollback: bool,

    #[command(flatten)]
    pub build: BuildArgs,
}

#[derive(Debug, Arguments)]
pub(super) struct WatchArgs {
    /// Folders and files to watch; one that is not there yet is waited for
    #[arg(required = true, value_name = "DIR")]
    pub paths: Vec<PathBuf>,

    /// Seconds for which a file has to stay as it is before it is taken
    #[arg(long, value_name = "SECONDS", default_value_t = 2.0)]
    pub settle: f64,

    /// Stop when nothing is left to take
    #[arg(long)]
    pub once: bool,

    #[command(flatten)]
    pub build: BuildArgs,
}

#[derive(Debug, Arguments)]
pub(super) struct NewArgs {
    /// Name of the saved search; without it, all are listed
    pub name: Option<String>,

    /// Do not note as told what is printed
    #[arg(long)]
    pub peek: bool,

    /// Forget the saved search
    #[arg(long, requires = "name", conflicts_with = "peek")]
    pub forget: bool,

    /// The oldest article first
    #[arg(long)]
    pub oldest: bool,

    /// How to print the articles
    #[arg(long, default_value = "text", value_parser = format_names())]
    pub format: String,

    /// Characters of a snippet; 0 for none
    #[arg(long, value_name = "N", default_value_t = DEFAULT_WIDTH)]
    pub width: usize,
}

/// How something is printed that is read by people or by programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Report {
    /// For reading
    Text,
    /// One object
    Json,
}

/// Where to ask instead of the index on this machine.
#[derive(Debug, Default, Arguments)]
#[command(next_help_heading = "Cluster")]
pub(super) struct ClusterArgs {
    /// Nodes of an OpenSearch cluster to ask instead of the index
    #[cfg(feature = "cluster")]
    #[arg(long, value_name = "URL[,URL…]", env = "LIANCHENG_CLUSTER", hide_env_values = true)]
    pub cluster: Option<String>,

    /// Name of the archive on the cluster
    #[cfg(feature = "cluster")]
    #[arg(long, value_name = "NAME", default_value = crate::cluster::DEFAULT_NAME)]
    pub archive: String,
}

#[cfg(feature = "cluster")]
impl ClusterArgs {
    /// The addresses; an empty one asks the index.
    pub(super) fn address(&self) -> Option<&str> {
        self.cluster.as_deref().filter(|address| !address.is_empty())
    }
}

/// How to push.
#[cfg(feature = "cluster")]
#[derive(Debug, Arguments)]
pub(super) struct PushArgs {
    /// Nodes of the cluster
    #[arg(long, value_name = "URL[,URL…]", env = "LIANCHENG_CLUSTER", hide_env_values = true)]
    pub to: String,

    /// Name of the archive on the cluster
    #[arg(long, value_name = "NAME", default_value = crate::cluster::DEFAULT_NAME)]
    pub name: String,

    /// Fill a new archive beside the old one even where the old one could be brought up to date
    #[arg(long)]
    pub full: bool,

    /// Parts of a new archive; about one for 20 million articles, and one for each node
    #[arg(long, value_name = "N", default_value_t = 3,
          value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub shards: u32,

    /// Further copies of each part of a new archive
    #[arg(long, value_name = "N", default_value_t = 1,
          value_parser = clap::value_parser!(u32).range(0..=16))]
    pub replicas: u32,

    /// Go back to the archive as it was before the last full push
    #[arg(long, conflicts_with = "full")]
    pub rollback: bool,

    /// How to print the summary
    #[arg(long, value_enum, default_value_t = Report::Text)]
    pub format: Report,
}

#[derive(Debug, Arguments)]
#[command(next_help_heading = "Filters")]
pub(super) struct FilterArgs {
    /// Province or economic region: 广东, 长三角 (repeat for any of several)
    #[arg(long, value_name = "NAME")]
    pub region: Vec<String>,

    /// City or county, official or short name: 佛山, 南海区 (repeat for any of several)
    #[arg(long, value_name = "NAME")]
    pub city: Vec<String>,

    /// Articles in which these places work together: 佛山,茂名 (one place: with anybody)
    #[arg(long, value_name = "NAMES")]
    pub partners: Vec<String>,

    /// First day, month or year: 2022, 2022-05, 2022-05-01
    #[arg(long, value_name = "DATE")]
    pub since: Option<String>,

    /// Last day, month or year
    #[arg(long, value_name = "DATE")]
    pub until: Option<String>,

    /// Outlet, by its whole name (repeat for any of several)
    #[arg(long, value_name = "NAME")]
    pub outlet: Vec<String>,

    /// Kind of cooperation: 人才飞地, 产业协作 … (repeat for any of several)
    #[arg(long, value_name = "KIND")]
    pub kind: Vec<String>,
}

#[derive(Debug, Arguments)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag that is typed alone")]
pub(super) struct SearchArgs {
    /// What to look for; without it, the filters alone list what matches
    pub query: Vec<String>,

    /// Order of the articles
    #[arg(long, value_enum, default_value_t = Sort::Relevance)]
    pub sort: Sort,

    /// Articles on a page
    #[arg(short = 'n', long = "number", value_name = "N", default_value_t = 10,
          value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub number: u32,

    /// Which page, from 1
    #[arg(long, value_name = "N", default_value_t = 1,
          value_parser = clap::value_parser!(u32).range(1..))]
    pub page: u32,

    /// Count the facets too
    #[arg(long)]
    pub facets: bool,

    /// Say of each article what earned it its place
    #[arg(long)]
    pub explain: bool,

    /// Look for the words as they were typed: no synonyms, no other names of places
    #[arg(long)]
    pub literal: bool,

    /// How to print the articles
    #[arg(long, default_value = "text", value_parser = format_names())]
    pub format: String,

    /// Characters of a snippet; 0 for none
    #[arg(long, value_name = "N", default_value_t = DEFAULT_WIDTH)]
    pub width: usize,

    /// Sentences to show after a snippet
    #[arg(short = 'A', long, value_name = "N")]
    pub after: Option<usize>,

    /// Sentences to show before a snippet
    #[arg(short = 'B', long, value_name = "N")]
    pub before: Option<usize>,

    /// Sentences to show around a snippet
    #[arg(short = 'C', long, value_name = "N")]
    pub context: Option<usize>,

    /// List every copy of an article; else its reprints stand behind the most original one
    #[arg(long)]
    pub all: bool,

    /// Favour recent articles a little; ages are told from the newest article there is
    #[arg(long)]
    pub fresh: bool,

    /// Save the search under a name, for `liancheng new`
    #[arg(long, value_name = "NAME")]
    pub save: Option<String>,

    #[command(flatten)]
    pub filters: FilterArgs,

    #[command(flatten)]
    pub cluster: ClusterArgs,
}

/// The formats of `search`, with what each is good for.
fn format_names() -> clap::builder::PossibleValuesParser {
    let values = FORMATS.iter().map(|format| PossibleValue::new(format.name).help(format.what));
    clap::builder::PossibleValuesParser::new(values)
}

#[derive(Debug, Arguments)]
pub(super) struct FacetsArgs {
    /// What to look for; without it, everything that the filters let through is counted
    pub query: Vec<String>,

    /// Facets to show: province, city, county, region, partner, kind, year, month, outlet
    #[arg(long, value_name = "FACETS", value_delimiter = ',')]
    pub by: Vec<String>,

    /// Values of each facet
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub limit: usize,

    /// Count every copy of an article; else reprints count once
    #[arg(long)]
    pub all: bool,

    /// How to print the counts
    #[arg(long, value_enum, default_value_t = Table::Text)]
    pub format: Table,

    #[command(flatten)]
    pub filters: FilterArgs,

    #[command(flatten)]
    pub cluster: ClusterArgs,
}

/// How a table is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Table {
    /// For reading
    Text,
    /// One object
    Json,
    /// For a spreadsheet
    Csv,
}

#[derive(Debug, Arguments)]
pub(super) struct TrendArgs {
    /// What to look for; without it, everything that the filters let through is counted
    pub query: Vec<String>,

    /// How long the times are that are counted
    #[arg(long, value_enum, default_value_t = Times::Month)]
    pub by: Times,

    /// How to print the counts
    #[arg(long, value_enum, default_value_t = Chart::Text)]
    pub format: Chart,

    #[command(flatten)]
    pub filters: FilterArgs,

    #[command(flatten)]
    pub cluster: ClusterArgs,
}

/// How long times are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Times {
    /// Months
    Month,
    /// Years
    Year,
}

/// How counts over time are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Chart {
    /// Bars, for reading
    Text,
    /// One object
    Json,
    /// For a spreadsheet
    Csv,
    /// A picture
    Svg,
}

#[cfg(feature = "serve")]
#[derive(Debug, Arguments)]
pub(super) struct ServeArgs {
    /// Address and port to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub listen: std::net::SocketAddr,

    /// What callers have to know, if other machines can reach the address
    #[arg(long, value_name = "TOKEN", env = "LIANCHENG_TOKEN", hide_env_values = true)]
    pub token: Option<String>,

    /// Requests that are answered at once; further ones are told to come again
    #[arg(long, value_name = "N", default_value_t = 32,
          value_parser = clap::value_parser!(u16).range(1..=4096))]
    pub at_once: u16,

    /// Seconds that a request may take
    #[arg(long, value_name = "SECONDS", default_value_t = 10,
          value_parser = clap::value_parser!(u16).range(1..=600))]
    pub timeout: u16,

    /// Write no line for each request
    #[arg(long)]
    pub no_log: bool,

    /// Write what was searched for into these lines, too
    #[arg(long, conflicts_with = "no_log")]
    pub log_queries: bool,

    #[command(flatten)]
    pub cluster: ClusterArgs,
}

#[derive(Debug, Arguments)]
pub(super) struct PartnersArgs {
    /// One place or two: 佛山 or 佛山,茂名
    #[arg(value_name = "PLACE[,PLACE]")]
    pub places: Vec<String>,

    /// Pairs with a side in this province or economic region (repeat for any of several)
    #[arg(long, value_name = "NAME")]
    pub region: Vec<String>,

    /// With --region: only pairs with both sides in it
    #[arg(long, requires = "region")]
    pub within: bool,

    /// Kind of cooperation: 人才飞地, 产业协作 … (repeat for any of several)
    #[arg(long, value_name = "KIND")]
    pub kind: Vec<String>,

    /// First day, month or year: of the event where the text dates it, else of publication
    #[arg(long, value_name = "DATE")]
    pub since: Option<String>,

    /// Last day, month or year: of the event where the text dates it, else of publication
    #[arg(long, value_name = "DATE")]
    pub until: Option<String>,

    /// Pairs to list, those with most articles first
    #[arg(short = 'n', long = "number", value_name = "N", default_value_t = 50,
          value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub number: u32,

    /// File of corrections, besides those of the index
    #[arg(long, value_name = "FILE")]
    pub overrides: Option<PathBuf>,

    /// How to print the pairs
    #[arg(long, value_enum, default_value_t = Graph::Text)]
    pub format: Graph,

    #[command(flatten)]
    pub cluster: ClusterArgs,
}

/// How pairs are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Graph {
    /// For reading
    Text,
    /// One object
    Json,
    /// For a spreadsheet
    Csv,
    /// A graph for Graphviz
    Dot,
    /// A graph for Gephi, yEd, Cytoscape
    Graphml,
    /// A picture of the network
    Svg,
    /// A picture of who works with whom as a table
    Matrix,
}

#[derive(Debug, Arguments)]
pub(super) struct ShowArgs {
    /// Id of the article, or as much of its beginning as tells it apart
    pub id: String,

    /// Light up what this query finds
    #[arg(long, value_name = "QUERY")]
    pub query: Option<String>,

    /// How to print the article
    #[arg(long, value_enum, default_value_t = Report::Text)]
    pub format: Report,

    #[command(flatten)]
    pub cluster: ClusterArgs,
}

#[derive(Debug, Arguments)]
pub(super) struct StatusArgs {
    /// How to print it
    #[arg(long, value_enum, default_value_t = Report::Text)]
    pub format: Report,
}

#[derive(Debug, Arguments)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag that can be typed")]
pub(super) struct ReadArgs {
    /// Crawl files and folders; `-` reads standard input
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// How to print the articles
    #[arg(long, value_enum, default_value_t = Records::Text)]
    pub format: Records,

    /// Print each line of the page and what became of it: kept, changed (~), read as headline (#)
    /// or for a fact (=), dropped (-)
    #[arg(long, conflicts_with = "report")]
    pub diff: bool,

    /// Sum up the crawl: pages by format and encoding, without text, date or headline, short,
    /// damaged
    #[arg(long)]
    pub report: bool,

    /// Say of each fact which words it was read from
    #[arg(long)]
    pub witness: bool,

    /// End with exit code 2 if anything was skipped
    #[arg(long)]
    pub strict: bool,

    #[command(flatten)]
    pub fields: FieldsArgs,
}

/// How articles are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Records {
    /// For reading
    Text,
    /// One object a line
    Jsonl,
    /// One list
    Json,
}

#[derive(Debug, Arguments)]
pub(super) struct SimilarArgs {
    /// Id of the article, or as much of its beginning as tells it apart
    pub id: String,

    /// Articles to list
    #[arg(short = 'n', long = "number", value_name = "N", default_value_t = 10,
          value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub number: u32,

    /// How to print them
    #[arg(long, value_enum, default_value_t = Report::Text)]
    pub format: Report,

    #[command(flatten)]
    pub cluster: ClusterArgs,
}

#[derive(Debug, Arguments)]
pub(super) struct BatchArgs {
    /// File of queries (CSV); `-` reads standard input
    #[arg(value_name = "QUERIES")]
    pub queries: PathBuf,

    /// Articles for each query
    #[arg(short = 'n', long = "number", value_name = "N", default_value_t = 10,
          value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub number: u32,

    /// List every copy of an article; else its reprints stand behind the most original one
    #[arg(long)]
    pub all: bool,

    #[command(flatten)]
    pub cluster: ClusterArgs,
}

#[derive(Debug, Arguments)]
pub(super) struct AnalyzeArgs {
    /// The text
    #[arg(required = true)]
    pub text: Vec<String>,

    /// How to print it
    #[arg(long, value_enum, default_value_t = Report::Text)]
    pub format: Report,
}

#[derive(Debug, Arguments)]
pub(super) struct EvalArgs {
    /// Judged queries
    #[arg(value_name = "TOPICS")]
    pub topics: PathBuf,

    /// Judgments in TREC's format
    #[arg(long, value_name = "FILE")]
    pub qrels: Option<PathBuf>,

    /// Score this run (TREC's format) and ask nothing
    #[arg(long, value_name = "FILE")]
    pub run: Option<PathBuf>,

    /// Compare with this run, by a paired randomisation test
    #[arg(long, value_name = "FILE")]
    pub against: Option<PathBuf>,

    /// Write the run in TREC's format
    #[arg(long, value_name = "FILE")]
    pub write: Option<PathBuf>,

    /// Articles to ask for
    #[arg(long, value_name = "N", default_value_t = 100,
          value_parser = clap::value_parser!(u32).range(10..=10_000))]
    pub depth: u32,

    /// Weights of the ranking that differ from the usual, as JSON (docs/ranking.md)
    #[arg(long, value_name = "JSON", hide = true)]
    pub weights: Option<String>,

    /// Leave reprints behind the most original article, as `search` does; judgments hold copies
    #[arg(long)]
    pub collapse: bool,

    /// Favour recent articles, as `search --fresh` does
    #[arg(long)]
    pub fresh: bool,

    /// Print a row for each query
    #[arg(long)]
    pub rows: bool,

    /// How to print the figures
    #[arg(long, value_enum, default_value_t = Report::Text)]
    pub format: Report,

    #[command(flatten)]
    pub cluster: ClusterArgs,
}

#[derive(Debug, Arguments)]
pub(super) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}
