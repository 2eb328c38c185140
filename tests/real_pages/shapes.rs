//! Pages in the shapes that Chinese sites give them, written for this test: the article is kept in
//! order, what stands around it is left out, whatever the page calls its elements.

use std::collections::BTreeMap;

use liancheng::article::{CleanPage, Content, Given, Origin, RawPage};
use liancheng::understand::{date, outlet};

/// An article and how it is dressed.
struct Story {
    title: &'static str,
    paragraphs: Vec<String>,
}

const TITLE: &str = "清流市与高岭市共建人才飞地 首批六个团队入驻";

/// Sentences of an article of our own.
const SENTENCES: &[&str] = &[
    "10月9日，清流市与高岭市共建的人才飞地在清流市科学城揭牌，首批六个团队当天办理了入驻手续。",
    "两市商定，飞地的场地由清流市提供，租金和装修由高岭市承担，人才在清流市工作、为高岭市服务。",
    "高岭市人社局有关负责人说，以前招一名博士要跑三趟省城，现在企业把研发放在飞地，人就留住了。",
    "按照协议，两市每年各拿出三千万元，设立联合攻关资金，重点支持新材料、装备制造和现代农业。",
    "一家入驻企业的技术总监说：“我们白天在这里做实验，周末回高岭看生产线，两头都不耽误。”",
    "据介绍，飞地设有共享实验室、成果展厅和路演大厅，两地政务服务窗口也将在年内互设。",
    "下一步，两市还要推动职称互认、社保互通，让人才在两地之间流动时少跑路、不断档。",
];

/// Stories of the lengths that news have.
fn stories() -> Vec<(&'static str, Story)> {
    let of = |count: usize| Story {
        title: TITLE,
        paragraphs: (0..count)
            .map(|at| {
                let sentence = SENTENCES[at % SENTENCES.len()];
                if at < SENTENCES.len() {
                    sentence.to_owned()
                } else {
                    format!("第{}个项目也有了着落。{sentence}", at + 1)
                }
            })
            .collect(),
    };
    vec![("短讯", of(2)), ("消息", of(5)), ("通讯", of(14)), ("长文", of(80))]
}

/// Words that no body may hold.
const JUNK: &[&str] = &[
    "羊驼走失",
    "榴莲降价",
    "水獭直播",
    "免责",
    "上一篇",
    "下一篇",
    "扫一扫",
    "网友甲",
    "沙发",
    "站点地图",
    "责任编辑",
    "分享到",
    "打印本页",
    "索引号",
    "ICP备",
    "当前位置",
    "相关阅读",
    "热门排行",
    "字号",
    "点击数",
    "只看该作者",
    "下一页",
    "联系我们",
    "发表评论",
];

const NAV: &str = "<div class=\"nav\"><a href=\"/\">首页</a> | <a href=\"/a\">要闻</a> | <a href=\"/b\">科技</a> | <a href=\"/c\">榴莲降价专题</a> | <a href=\"/m\">站点地图</a></div>";
const CRUMB: &str = "<div class=\"crumb\">当前位置：<a href=\"/\">首页</a> &gt; <a href=\"/y\">要闻</a> &gt; 正文</div>";
const SHARE: &str = "<div class=\"share\">分享到：<a href=\"#\">微信</a> <a href=\"#\">微博</a> <span>扫一扫，在手机上看</span></div>";
const EDITOR: &str = "<p>（责任编辑：陈某）</p>";
const BESIDE: &str = "<div class=\"next\"><p>上一篇：<a href=\"/1\">羊驼走失三天后自己回家</a></p><p>下一篇：<a href=\"/2\">水獭直播间涨粉十万</a></p></div>";
const RELATED: &str = "<div class=\"related\"><h3>相关阅读</h3><ul><li><a href=\"/3\">榴莲降价 市民排队抢购</a></li><li><a href=\"/4\">羊驼走失引发全城寻找</a></li><li><a href=\"/5\">水獭直播为何走红网络</a></li></ul></div>";
const HOT: &str = "<div class=\"side\"><h3>热门排行</h3><ul><li><a href=\"/6\">羊驼走失之后</a></li><li><a href=\"/7\">榴莲降价的背后</a></li><li><a href=\"/8\">水獭直播幕后团队首次回应</a></li></ul></div>";
const LEGAL: &str = "<div class=\"legal\"><p>免责声明：本网转载此文旨在传递更多信息，不代表本网观点，如有侵权请联系我们删除。</p></div>";
const COMMENTS: &str = "<div class=\"comments\"><h3>发表评论</h3><div>网友甲：写得真好，希望我们这里也能办一个，家里的孩子就不用跑那么远了。</div><div>沙发！网友甲路过，顶一下，期待后续报道，也希望多写写普通人的故事。</div></div>";
const FOOT: &str =
    "<div class=\"foot\">关于我们 | 联系我们 | 某ICP备12345678号 | 版权所有 某某网</div>";

fn head(title: &str) -> String {
    format!("<head><meta charset=\"utf-8\"><title>{title}_要闻_某某新闻网</title></head>")
}

fn tagged(story: &Story, open: &str, close: &str) -> String {
    joined(story.paragraphs.iter().map(|text| format!("{open}{text}{close}\n")))
}

/// Texts one behind the other.
fn joined(texts: impl Iterator<Item = String>) -> String {
    texts.collect::<Vec<_>>().concat()
}

/// The shapes: a name, and what makes a page of a story.
type Shape = (&'static str, fn(&Story) -> String);

const SHAPES: &[Shape] = &[
    ("文章标签", |s| {
        format!(
            "<html>{}<body>{NAV}<article><h1>{}</h1><p><time>2024-10-10 08:30</time> 来源：清流日报</p>{SHARE}{}{EDITOR}</article>{RELATED}{FOOT}</body></html>",
            head(s.title),
            s.title,
            tagged(s, "<p>", "</p>")
        )
    }),
    ("门户两栏，侧栏在前", |s| {
        format!(
            "<html>{}<body>{NAV}{HOT}<div class=\"main\">{CRUMB}<h1>{}</h1><div class=\"info\"><span>2024年10月10日 08:30</span> <span>来源：</span><a href=\"/q\">清流日报</a></div><div class=\"content\">{}</div>{EDITOR}{SHARE}{BESIDE}{RELATED}{LEGAL}{COMMENTS}</div>{FOOT}</body></html>",
            head(s.title),
            s.title,
            tagged(s, "<p>　　", "</p>")
        )
    }),
    ("老式表格，换行分段", |s| {
        format!(
            "<html>{}<body><table width=\"778\"><tr><td>{NAV}</td></tr></table><table width=\"778\"><tr><td width=\"180\" valign=\"top\">{HOT}</td><td valign=\"top\"><table width=\"100%\"><tr><td align=\"center\"><font size=\"5\"><b>{}</b></font></td></tr><tr><td align=\"center\">2024-10-10　来源：清流日报　点击数：233</td></tr><tr><td><font size=\"3\">{}</font></td></tr><tr><td align=\"right\">【<a href=\"#\">打印本页</a>】【<a href=\"#\">关闭</a>】</td></tr><tr><td>{BESIDE}</td></tr></table></td></tr></table>{FOOT}</body></html>",
            head(s.title),
            s.title,
            tagged(s, "&nbsp;&nbsp;&nbsp;&nbsp;", "<br><br>")
        )
    }),
    ("没有段落标签", |s| {
        format!(
            "<html>{}<body>{NAV}{CRUMB}<h2>{}</h2><div>2024/10/10 08:30:00　来源：清流日报　<a href=\"#\">打印本页</a></div><div>{}</div>{EDITOR}{RELATED}{FOOT}</body></html>",
            head(s.title),
            s.title,
            tagged(s, "　　", "<br/>")
        )
    }),
    ("每段一个盒子", |s| {
        format!(
            "<html>{}<body><header>{NAV}</header><main><h1>{}</h1><div><span>来源：清流日报</span><span>2024-10-10 08:30</span></div><div>{}</div>{SHARE}</main><aside>{HOT}</aside><footer>{FOOT}</footer></body></html>",
            head(s.title),
            s.title,
            tagged(s, "<div>", "</div>")
        )
    }),
    ("公众号", |s| {
        format!(
            "<html><head><meta charset=\"utf-8\"><meta property=\"og:title\" content=\"{0}\"><title></title></head><body><div id=\"page-content\"><h1 class=\"rich_media_title\" id=\"activity-name\">{0}</h1><div id=\"meta_content\"><span>原创</span> <a id=\"js_name\" href=\"javascript:void(0);\">清流日报</a> <em id=\"publish_time\">2024-10-10 08:30</em></div><div class=\"rich_media_content\" id=\"js_content\" style=\"visibility: hidden;\">{1}<section><p>扫一扫 关注我们</p></section></div></div><div>预览时标签不可点</div></body></html>",
            s.title,
            tagged(s, "<section><p><span style=\"font-size: 15px;\">", "</span></p></section>")
        )
    }),
    ("政府网站", |s| {
        format!(
            "<html><head><meta charset=\"utf-8\"><title>{0}</title><meta name=\"ArticleTitle\" content=\"{0}\"><meta name=\"PubDate\" content=\"2024-10-10 08:30\"><meta name=\"ContentSource\" content=\"清流日报\"></head><body>{NAV}{CRUMB}<table class=\"xxgk\"><tr><td>索引号：</td><td>K00123456/2024-01234</td><td>发文字号：</td><td>无</td></tr><tr><td>发布机构：</td><td>清流市政府办公室</td><td>成文日期：</td><td>2024-10-09</td></tr></table><div class=\"title\">{0}</div><div class=\"info\">发布时间：2024-10-10 08:30　来源：清流日报　浏览次数：233　字号：[ <a href=\"#\">大</a> <a href=\"#\">中</a> <a href=\"#\">小</a> ]</div><div class=\"TRS_Editor\">{1}</div><div>扫一扫在手机打开当前页</div><div>【打印本页】【关闭窗口】</div>{FOOT}</body></html>",
            s.title,
            tagged(s, "<p style=\"text-indent: 2em;\">", "</p>")
        )
    }),
    ("论坛", |s| {
        format!(
            "<html>{}<body>{NAV}<table><tr><td>楼主<br>积分 233</td><td><h1>{}</h1><div>发表于 2024-10-10 08:30 | 只看该作者</div><div class=\"t_f\">{}</div></td></tr></table><table><tr><td>网友甲</td><td><div>发表于 2024-10-11 09:00</div><div class=\"t_f\">沙发！网友甲前来围观，写得真好。</div></td></tr></table>{FOOT}</body></html>",
            head(s.title),
            s.title,
            tagged(s, "", "<br><br>")
        )
    }),
    ("分页", |s| {
        format!(
            "<html>{}<body>{NAV}<div class=\"article\"><h1>{}</h1><div class=\"from\">2024-10-10 08:30:00　清流日报</div><div class=\"text\">{}<div class=\"pages\"><a href=\"/1\">1</a> <a href=\"/2\">2</a> <a href=\"/3\">3</a> <a href=\"/2\">下一页</a></div></div>{EDITOR}</div>{RELATED}{FOOT}</body></html>",
            head(s.title),
            s.title,
            tagged(s, "<p>", "</p>")
        )
    }),
    ("没有标题标签，评论很长", |s| {
        format!(
            "<html>{}<body>{NAV}<div><div><strong>{}</strong></div><div>2024年10月10日08:30 | 来源：清流日报</div><div>{}</div></div>{LEGAL}{COMMENTS}{COMMENTS}{HOT}{FOOT}</body></html>",
            head(s.title),
            s.title,
            tagged(s, "<p>", "</p>")
        )
    }),
];

/// A change: its name, and what it makes of a page.
type Change = (&'static str, fn(&str) -> String);

/// Changes that do not change what a reader sees.
const CHANGES: &[Change] = &[
    ("原样", str::to_owned),
    ("没有名字", |page| without_attributes(page, &["class", "id"])),
    ("标签大写", upper_tags),
    ("没有空白", |page| page.replace('\n', "")),
    ("不写段尾", |page| page.replace("</p>", "").replace("</li>", "")),
    ("套上表格", |page| {
        page.replacen("<body>", "<body><center><table border=0><tr><td>", 1).replacen(
            "</body>",
            "</td></tr></table></center></body>",
            1,
        )
    }),
    ("套上盒子", |page| page.replacen("<body>", &format!("<body>{}", "<div>".repeat(30)), 1)),
    ("盒子叫别的", |page| page.replace("<div", "<section").replace("</div", "</section")),
];

fn without_attributes(page: &str, names: &[&str]) -> String {
    let mut page = page.to_owned();
    for name in names {
        let start = format!(" {name}=\"");
        while let Some(at) = page.find(&start) {
            let end = page[at + start.len()..].find('"').expect("attributes end");
            page.replace_range(at..=at + start.len() + end, "");
        }
    }
    page
}

fn upper_tags(page: &str) -> String {
    let mut upper = String::with_capacity(page.len());
    let mut in_name = false;
    for c in page.chars() {
        in_name = match c {
            '<' => true,
            ' ' | '>' => false,
            _ => in_name,
        };
        upper.push(if in_name { c.to_ascii_uppercase() } else { c });
    }
    upper
}

fn read(markup: &str) -> Result<CleanPage, String> {
    let page = RawPage {
        origin: Origin::file("页"),
        given: Given::default(),
        content: Content::Html(markup.to_owned()),
        format: "HTML",
        encoding: "UTF-8",
        damaged: 0,
    };
    liancheng::clean::clean(page).map_err(|skip| skip.reason)
}

/// What is wrong with what was read of a story.
fn faults(story: &Story, page: &CleanPage) -> Vec<String> {
    let mut faults = Vec::new();
    let mut from = 0;
    for text in &story.paragraphs {
        match page.body[from..].find(text.as_str()) {
            Some(at) => from += at + text.len(),
            None => faults.push(format!("少了 {}…", text.chars().take(8).collect::<String>())),
        }
    }
    faults.truncate(2);
    faults.extend(
        JUNK.iter().filter(|junk| page.body.contains(*junk)).map(|junk| format!("多了 {junk}")),
    );
    if page.title.text != story.title {
        faults.push(format!("标题 {}", page.title.text));
    }
    let day = date::published(page).map(|dated| dated.date.to_string()).unwrap_or_default();
    if day != "2024-10-10" {
        faults.push(format!("日期 {day}"));
    }
    faults
}

#[test]
fn articles_are_read_whatever_their_page_looks_like() {
    let mut wrong: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let (mut pages, mut outlets) = (0, 0);
    for (shape, make) in SHAPES {
        for (length, story) in stories() {
            let page = make(&story);
            for (change, apply) in CHANGES {
                pages += 1;
                let found = match read(&apply(&page)) {
                    Ok(page) => {
                        let named =
                            outlet::outlet(&page).is_some_and(|said| said.text == "清流日报");
                        outlets += usize::from(named);
                        faults(&story, &page)
                    }
                    Err(reason) => vec![reason],
                };
                if !found.is_empty() {
                    wrong
                        .entry(format!("{shape}：{}", found.join("，")))
                        .or_default()
                        .push(format!("{length}/{change}"));
                }
            }
        }
    }
    let failed: usize = wrong.values().map(Vec::len).sum();
    println!(
        "pages of our own: {} of {pages} read without a fault, outlet of {outlets}",
        pages - failed
    );
    let list: Vec<String> =
        wrong.iter().map(|(what, pages)| format!("{what} [{}]", pages.join(" "))).collect();
    assert!(failed == 0, "{failed} of {pages} pages are misread:\n{}", list.join("\n"));
    assert!(outlets * 100 >= pages * 85, "the outlet of {outlets} of {pages}");
}

/// The body that was read from what stands between headline and foot.
fn body_of(content: &str) -> Result<String, String> {
    let page = format!(
        "<html>{}<body>{NAV}<h1>{TITLE}</h1><div>2024-10-10 08:30　来源：清流日报</div><div class=\"content\">{content}</div>{EDITOR}{RELATED}{FOOT}</body></html>",
        head(TITLE)
    );
    read(&page).map(|page| page.body)
}

#[test]
fn what_stands_within_articles_stays_in_order() {
    let [first, second, third] = [SENTENCES[0], SENTENCES[1], SENTENCES[2]];
    for (what, content, body) in [
        (
            "图片说明重复一次",
            format!(
                "<p>{first}</p><p><img src=1.jpg></p><p>揭牌仪式现场。</p><p>揭牌仪式现场。</p><p>{second}</p>"
            ),
            format!("{first}\n揭牌仪式现场。\n{second}"),
        ),
        (
            "表格",
            format!(
                "<p>{first}</p><table><tr><th>城市</th><th>团队</th></tr><tr><td>清流市</td><td>4个</td></tr><tr><td>高岭市</td><td>2个</td></tr></table><p>{second}</p>"
            ),
            format!("{first}\n城市 团队\n清流市 4个\n高岭市 2个\n{second}"),
        ),
        (
            "列表",
            format!(
                "<p>{first}</p><ul><li>建设共享实验室</li><li>设立联合攻关资金</li></ul><p>{second}</p>"
            ),
            format!("{first}\n建设共享实验室\n设立联合攻关资金\n{second}"),
        ),
        (
            "小标题",
            format!(
                "<p>{first}</p><h3>人才留得住</h3><p>{second}</p><p><strong>企业有底气</strong></p><p>{third}</p>"
            ),
            format!("{first}\n人才留得住\n{second}\n企业有底气\n{third}"),
        ),
        (
            "正文里的链接",
            format!(
                "<p>{first}</p><p>全文见<a href=/x>《清流市与高岭市人才合作框架协议》</a>，{second}</p>"
            ),
            format!("{first}\n全文见《清流市与高岭市人才合作框架协议》，{second}"),
        ),
        (
            "正文里的广告",
            format!(
                "<p>{first}</p><div>广告</div><p>{second}</p><p>长按识别二维码，关注我们</p><p>{third}</p>"
            ),
            format!("{first}\n{second}\n{third}"),
        ),
        (
            "正文里有同样的词",
            format!(
                "<p>{first}</p><p>他负责编辑：每天上一篇稿子，下一篇评论，免责声明也写得认真。</p><p>{second}</p><p>{third}</p>"
            ),
            format!(
                "{first}\n他负责编辑：每天上一篇稿子，下一篇评论，免责声明也写得认真。\n{second}\n{third}"
            ),
        ),
        (
            "引言和署名",
            format!("<blockquote>{second}</blockquote><p>{first}</p><p>（记者 陈某）</p>"),
            format!("{second}\n{first}\n（记者 陈某）"),
        ),
    ] {
        assert_eq!(body_of(&content).as_deref(), Ok(body.as_str()), "{what}");
    }
}

#[test]
fn lists_of_articles_are_none() {
    let items = joined((1..29).map(|day| {
        format!("<li><a href=\"/{day}.html\">清流市与高岭市第{day}次签约共建园区</a> <span>2024-10-{day:02}</span></li>")
    }));
    let page =
        format!("<html>{}<body>{NAV}{CRUMB}<ul>{items}</ul>{FOOT}</body></html>", head("要闻列表"));
    assert_eq!(read(&page).map(|page| page.body), Err("holds no text of an article".to_owned()));
}

#[test]
fn deep_and_large_pages_are_read_within_bounds() {
    let started = std::time::Instant::now();
    let deep = format!("<html><body>{}<p>{}</p>", "<div><b>".repeat(50_000), SENTENCES[0]);
    assert_eq!(read(&deep).map(|page| page.body).as_deref(), Ok(SENTENCES[0]));
    let large = joined((0..60_000).map(|at| {
        let (one, other) = (SENTENCES[at % 7], SENTENCES[(at + 1) % 7]);
        format!("<p>第{at}个项目也有了着落。{one}{other}</p>")
    }));
    let large = format!(
        "<html>{}<body>{NAV}<h1>{TITLE}</h1><div>{large}</div>{RELATED}{FOOT}</body></html>",
        head(TITLE)
    );
    println!("a page of {} MB and one of 100,000 nested elements", large.len() >> 20);
    let body = read(&large).expect("a large page is read").body;
    assert!(body.contains("第0个项目") && body.contains("第59999个项目") && !body.contains("羊驼"));
    let bar = "<a href=x>羊驼</a> | ".repeat(50_000);
    let page = format!("<html><body><p>{}</p>{bar}</body></html>", SENTENCES[0]);
    let body = read(&page).expect("a page with a long bar is read").body;
    assert!(body == SENTENCES[0], "the bar is no text: {} characters", body.chars().count());
    let seconds = started.elapsed().as_secs();
    assert!(seconds < 60, "it took {seconds} s");
}
