//! Whole pages of all three kinds, and what holds for any text.

use proptest::prelude::*;

use super::*;
use crate::article::Origin;

fn raw(content: Content) -> RawPage {
    RawPage {
        origin: Origin::file("a"),
        given: Given::default(),
        content,
        format: "HTML",
        encoding: "UTF-8",
        damaged: 0,
    }
}

fn body(text: &str) -> String {
    clean(raw(Content::Body(text.to_owned()))).map_or_else(|skip| skip.reason, |page| page.body)
}

#[test]
fn bodies_lose_what_clings_to_them() {
    for (dirty, pure) in [
        ("原标题：佛茂携手！两地签约。", "佛茂携手！两地签约。"),
        ("两地签约。广告 小司机步步高升！ ×随后举行对接会。", "两地签约。随后举行对接会。"),
        ("户外广告 100块，每块3米×5米。", "户外广告 100块，每块3米×5米。"),
        ("两地签约，（原标题：佛茂携手） 随后举行对接会。", "两地签约， 随后举行对接会。"),
        ("两地签约， （原标题：佛茂携手） 随后举行对接会。", "两地签约， 随后举行对接会。"),
        ("两地签约。分享让更多人看到", "两地签约。"),
        ("两地签约。返回某网，查看更多责任编辑：", "两地签约。"),
        ("两地签约。（责任编辑：张三）", "两地签约。"),
        ("两地签约。\n【编辑:王五】", "两地签约。"),
        ("两地签约。(完)\n【编辑:王五】", "两地签约。(完)"),
        ("两地签约。 更多精彩内容请进入国内新闻", "两地签约。"),
        ("编辑部主任张三说，责任编辑：一个职业。", "编辑部主任张三说，责任编辑：一个职业。"),
        ("一段话，说明情况。\n一段话，说明情况。\n完。", "一段话，说明情况。\n完。"),
        ("&ldquo;人才飞地&rdquo;", "“人才飞地”"),
    ] {
        assert_eq!(body(dirty), pure, "{dirty}");
    }
}

#[test]
fn pages_are_read_around_their_headline() {
    let page = "<html><head><title>佛茂携手共建人才飞地_某某新闻网</title>\
        <meta property=\"og:site_name\" content=\"某某新闻网\"></head><body>\
        <div class=nav><a href=/>首页</a> &gt; <a href=/a>要闻</a></div>\
        <h1>佛茂携手共建人才飞地</h1><div><span>2024-08-30 09:00</span> <span>来源：</span><a>茂名日报</a></div>\
        <div class=content><p>（原标题：佛茂携手）</p>\
        <p>8月29日，茂名与佛山的人才飞地揭牌成立，两地的合作进入新的阶段，签约单位将携手培养人才。</p>\
        <p>两地还签订了人才合作框架协议，支持企业、高校和实验室联合攻关，成果在茂名落地转化。</p>\
        <p>（记者 王某某）</p><p>责任编辑：李某</p></div>\
        <div><h3>相关阅读</h3><ul><li><a href=/1>别的新闻一二三四五</a><li><a href=/2>别的新闻六七八九十</a></ul></div>\
        </body></html>";
    let page = clean(raw(Content::Html(page.to_owned()))).unwrap();
    assert_eq!(page.title.text, "佛茂携手共建人才飞地");
    assert!(
        page.body.starts_with("8月29日，") && page.body.ends_with("（记者 王某某）"),
        "{}",
        page.body
    );
    assert_eq!(page.dates[0].text, "2024-08-30 09:00");
    assert_eq!(page.outlets[0].text, "茂名日报");
    assert_eq!(page.authors[0].text, "王某某");
}

#[test]
fn dumps_are_read_without_markup() {
    let dump = "服务粉丝\n当前位置:首页 > 要闻 >\n佛茂携手共建人才飞地\n日期: 2024-08-30 来源:茂名日报\n\
        8月29日，茂名与佛山的人才飞地揭牌成立，两地的合作进入新的阶段，签约单位将携手培养人才。\n\
        揭牌仪式现场。\n揭牌仪式现场。\n\
        两地还签订了人才合作框架协议，支持企业、高校和实验室联合攻关，成果在茂名落地转化。\n\
        【作者】 王某某\n相关内容\n别的新闻...\n免责声明:本网转载，不代表本网观点。";
    let page = clean(raw(Content::Dump(dump.to_owned()))).unwrap();
    assert_eq!(page.title, title::decide(Some("佛茂携手共建人才飞地"), "另一段。"));
    assert_eq!(page.body.lines().count(), 3, "{}", page.body);
    assert!(page.body.ends_with("落地转化。"), "{}", page.body);
    assert_eq!(page.dates[0].text, "日期: 2024-08-30");
    assert_eq!(
        (page.outlets[0].text.as_str(), page.authors[0].text.as_str()),
        ("茂名日报", "王某某")
    );
}

#[test]
fn a_page_of_nothing_but_depth_is_read() {
    let page = format!("<html><body>{}<p>佛山与茂名签约。</p>", "<div>".repeat(10_000));
    assert_eq!(
        clean(raw(Content::Html(page))).map(|page| page.body).as_deref(),
        Ok("佛山与茂名签约。")
    );
}

proptest! {
    #[test]
    fn a_clean_body_stays_as_it_is(
        text in "(广告 |×|原标题：|责任编辑：|分享让更多人看到|来源：|作者：|相关阅读|佛山与茂名签约，|。|\n| |（|）|【|】|声明：|[0-9]{1,4}|\\PC){0,40}"
    ) {
        if let Ok(page) = clean(raw(Content::Body(text))) {
            prop_assert_eq!(body(&page.body), page.body);
        }
    }

    #[test]
    fn nothing_makes_it_panic(text in "(<p>|</p>|<a href=x>|<div|>|<title>|<html>|2024-1-1|来源：|\n|。|\\PC){0,60}") {
        let _ = clean(raw(Content::Html(text.clone())));
        let _ = clean(raw(Content::Dump(text)));
    }
}
