//! Whole pages of all three kinds, and what holds for any text.

use proptest::prelude::*;

use super::*;
use crate::article::Origin;

fn raw(content: Content) -> RawPage {
    RawPage {
        origin: Origin::file("a"),
        given: Given::default(),
        content,
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
