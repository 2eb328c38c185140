//! What stands around articles on Chinese news pages: tables of the words that give it away.
//!
//! No rule names a website; each is a habit of many. All comparisons are made on folded text, so
//! a table has each word once, in simplified characters.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

/// A static pattern of these tables, which are known to be well formed.
///
/// Its automaton may grow as large as it needs: to forget and recompute states over and over costs
/// more than all else in this room.
pub(super) fn pattern(text: &str) -> Regex {
    regex::RegexBuilder::new(text).dfa_size_limit(64 << 20).build().unwrap()
}

/// Headings of what follows an article. A line that is one of them, or begins with one and is
/// short, ends the article.
pub(super) const ENDS: &[&str] = &[
    // Other articles.
    "相关阅读",
    "相关内容",
    "相关新闻",
    "相关文章",
    "相关报道",
    "相关推荐",
    "相关链接",
    "相关资讯",
    "相关专题",
    "相关热词",
    "相关文档",
    "相关稿件",
    "相关搜索",
    "相关话题",
    "相关标签",
    "关联阅读",
    "延伸阅读",
    "推荐阅读",
    "拓展阅读",
    "精彩推荐",
    "精彩阅读",
    "热门推荐",
    "热门资讯",
    "热门文章",
    "热门阅读",
    "热门新闻",
    "热门评论",
    "热门话题",
    "热点推荐",
    "热点新闻",
    "热点专题",
    "热点图片",
    "今日热点",
    "今日推荐",
    "最新文章",
    "最新资讯",
    "最新新闻",
    "最新推荐",
    "最近更新",
    "编辑推荐",
    "小编推荐",
    "为您推荐",
    "为你推荐",
    "猜你喜欢",
    "猜您喜欢",
    "您可能也感兴趣",
    "您可能感兴趣",
    "你可能感兴趣",
    "你可能喜欢",
    "大家都在看",
    "大家正在看",
    "大家还在看",
    "看过本文的人还看过",
    "往期回顾",
    "往期推荐",
    "往期精彩",
    "阅读下一篇",
    "下一篇",
    "上一篇",
    "更多新闻",
    "更多精彩",
    "更多文章",
    "更多推荐",
    "图片推荐",
    "图片新闻",
    "视频推荐",
    "专题推荐",
    "推荐新闻",
    "推荐文章",
    "推荐视频",
    "推荐内容",
    "头条推荐",
    "频道推荐",
    "合作推荐",
    "新闻推荐",
    "文章推荐",
    "作者其他文章",
    "作者最新文章",
    "作者的其他文章",
    "他的其他文章",
    "本周热门",
    "24小时热文",
    "24小时热榜",
    "一周热点",
    "点击排行",
    "新闻排行",
    "阅读排行",
    "热点排行",
    "排行榜",
    "热文推荐",
    "热搜榜",
    "实时热点",
    "关于我们",
    // What readers say.
    "网友评论",
    "最新评论",
    "全部评论",
    "精彩评论",
    "用户评论",
    "发表评论",
    "我要评论",
    "文章评论",
    "网友跟帖",
    "跟帖",
    "评论区",
    "我来说两句",
    "我有话说",
    "有事没事说两句",
    "网友留言",
    "最新留言",
    "留言板",
    "发表我的评论",
    "发表我的见解",
    "读者评论",
    "评论列表",
    "写评论",
    "参与评论",
    "网友热评",
    // What lawyers say.
    "免责声明",
    "版权声明",
    "特别声明",
    "郑重声明",
    "法律声明",
    "网站声明",
    // What others want.
    "特别推荐",
    "广告推荐",
    "赞助商链接",
    "友情链接",
    "合作媒体",
    "站内搜索",
];

/// The same, put together from the words that sites choose: 「相关日志」, 「热门排行」, 「近期关注」.
pub(super) static END_HEADING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        "^(?:(?:与本文|本文)?相关(?:的)?|热门|热点|热评|最热|最新|最近|近期|推荐|精彩|往期|更多|延伸|拓展|扩展|关联|猜你|为你|为您|今日|本周|本月|一周|每周|24小时|48小时|其他|其它|本类|同类|栏目|频道|本站|站内|全站|新闻|资讯|图文|图片|视频|点击|阅读|评论|人气)(?:新闻|文章|资讯|信息|内容|图文|图片|视频|本类|点击|热点|热门|阅读)?(?:新闻|文章|资讯|阅读|报道|推荐|链接|日志|博文|帖子|话题|专题|视频|图集|评论|回顾|排行榜?|排名|热榜|热文|主题|稿件|动态|标签|搜索|词条|作品|问题|喜欢|要闻|看点)$",
    )
});

/// Words that turn the pages of an article.
pub(super) const PAGER: &[&str] = &[
    "首页",
    "上一页",
    "下一页",
    "上页",
    "下页",
    "尾页",
    "末页",
    "余下全文",
    "共",
    "页",
    "第",
    "跳至",
    "全文",
    "转到",
];

/// The foot of a site: its licence to be on the web, wherever in the line.
pub(super) static FOOTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern("icp(?:备|证)\\d{5,}|公网安备\\d{6,}|网站标识码|互联网新闻信息服务许可证")
});

/// Lines that are nothing but one of these are knobs of the page, wherever they stand.
pub(super) const KNOBS: &[&str] = &[
    "广告",
    "打印",
    "打印本页",
    "打印本稿",
    "关闭窗口",
    "关闭",
    "关闭本页",
    "收藏",
    "收藏本文",
    "分享",
    "分享到",
    "转发",
    "评论",
    "点赞",
    "举报",
    "投诉",
    "下载",
    "全屏",
    "全文",
    "加大",
    "还原",
    "减小",
    "字号",
    "字体",
    "大",
    "中",
    "小",
    "超大",
    "正文",
    "返回",
    "返回顶部",
    "返回首页",
    "回到顶部",
    "首页",
    "更多",
    "详细",
    "查看全文",
    "展开全文",
    "阅读全文",
    "阅读原文",
    "查看原文",
    "微信",
    "微博",
    "新浪微博",
    "腾讯微博",
    "qq空间",
    "朋友圈",
    "微信好友",
    "扫一扫",
    "扫码",
    "手机看",
    "手机阅读",
    "手机版",
    "电脑版",
    "听新闻",
    "播放",
    "暂停",
    "登录",
    "注册",
    "订阅",
    "关注",
    "已关注",
    "取消",
    "确定",
    "提交",
    "发送",
    "搜索",
    "置顶",
    "赞",
    "踩",
    "顶",
    "纠错",
    "我要纠错",
    "原创",
    "原创文章",
    "转载",
    "推荐",
    "复制链接",
    "放大",
    "缩小",
    "分享让更多人看到",
    "点击复制",
    "生成海报",
    "微信扫一扫",
    "点击查看更多",
    "查看更多",
    "加载更多",
    "点击加载更多",
    "展开",
    "收起",
    "上一页",
    "下一页",
    "尾页",
    "末页",
    "0",
    "0人参与",
    "0评论",
    "0条评论",
    "×",
    "x",
    "|",
    "mp-common-profile",
    "var_hmt",
    "分享到微信",
    "分享至",
    "放大字体",
    "缩小字体",
];

/// Lines that begin so and are short are no part of the text: breadcrumbs, share bars, editors.
pub(super) static DROPPED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        "^[^\\p{{L}}\\p{{N}}]*(?:{})",
        [
            // Where one is.
            "(?:您|你)?(?:现在|当前)(?:的)?(?:所在)?(?:的)?位置", "(?:您|你)的?(?:所在)?位置", "首页[>»›/|-]",
            // What government pages put into a table above the text.
            "(?:信息)?索引号:|索取号:|发文字号:|文号:|发布机构:|发文机关:|公开日期:|成文日期:|生成日期:|信息分类:|主题分类:|组配分类:|公开方式:|公开范围:|公开时限:|公文种类:|体裁分类:|有效性:|主题词:|信息来源:.{0,12}$|时效状态:",
            // Who prepared it.
            "(?:本文|本期|本版|流程|实习|值班|网络|执行|美术|视觉|新媒体)?(?:责任编辑|责编|编辑|编审|主编|校对|审核|审校|监制|终审|初审|复审|一审|二审|三审|统筹|制图|制作|总监制|值班编委|美编|版式|排版|运营)(?:[:/|｜丨]|[^\\p{L}\\p{N}]{1,4}[\\p{Han}]{2,4}$)",
            // Knobs with words behind them.
            "分享(?:到|至|让|本文)", "扫一?扫", "扫描?(?:上方|下方|左侧|右侧|左方|右方|屏幕)?.{0,4}二维码", "长按(?:识别|下方|关注|二维码)", "(?:微信|手机)扫", "用微信扫", "点击(?:下载|进入|关注|订阅|查看更多|上方|下方|收藏|图片进入|原文|阅读原文)", "下载.{0,8}(?:客户端|app)$",
            "(?:打开|下载|安装).{0,12}(?:app|客户端)", "更多(?:内容|精彩|资讯|新闻|猛料|报道|详情|原创).{0,6}(?:请|敬请|欢迎|关注|点击|进入|下载|扫)", "欢迎(?:关注|扫描|订阅|下载|添加)", "关注(?:我们|官方)", "(?:请)?关注.{0,12}公众号", "字(?:号|体)(?:大小)?:", "字(?:号|体)\\s", "〖?【?字(?:号|体)", "浏览(?:次数|量)?:", "点击(?:数|量|次数)?:", "阅读(?:数|量|次数)?[:(]", "人气:", "访问(?:量|次数):",
            "\\d+\\s*(?:人|次|条)?(?:参与|跟贴|跟帖|评论|阅读|浏览|点赞|喜欢|转发|收藏)", "(?:参与|跟贴|跟帖|评论|阅读|浏览|点赞|喜欢)[:(]?\\s*\\d+\\)?$", "(?:标签|关键词|关键字|tags?|话题|专题|栏目|分类|所属分类|频道)\\s*[:：]",
            "(?:上|下)一(?:篇|条|页)", "\\[?返回(?:首页|顶部|列表|上页|[\\p{Han}]{2,4}[,，]查看)", "打印本", "关闭(?:窗口|本页)", "(?:快捷登录|会员登录|登录后)", "声明:", "(?:免责|版权|特别|郑重|法律|风险|广告|网站)(?:声明|提示|提醒)[:：]",
            // What lawyers say, without a heading.
            "(?:凡)?(?:本|该)(?:文|网|站|平台|网站|报|稿|号|内容|文章|网[(]平台[)]).{0,24}(?:仅代表|不代表|不构成|转载自|不承担|版权|未经|侵权|仅供参考|合作媒体|著作权|知识产权|来源于网络|授权)", "(?:凡|如需|如若|欢迎|请勿|未经|转载|转发).{0,16}(?:转载|授权|出处|注明|许可|允许)", "(?:文章|以上|作品|图片|内容|部分)(?:内容|图文|文字|图片|均|皆|观点)?.{0,10}(?:来源于?网络|来自网络|仅代表作者|不代表本|如有侵权|仅供参考)", "(?:如|若)(?:有|涉及|发现|因).{0,16}(?:侵权|侵犯|版权|违规|异议|作品内容).{0,30}(?:联系|删除|处理|更正|告知)",
            "(?:copyright|版权所有|©|all rights reserved)", "[\\p{Han}]icp(?:备|证)", "[\\p{Han}]公网安备", "(?:违法和不良信息|不良信息)?举报(?:电话|邮箱|热线)", "(?:新闻|线索|报料|爆料|投稿|联系|客服|商务)(?:线索)?(?:报料)?(?:热线|电话|邮箱|合作|方式|通道|qq)[:：]", "网友评论仅供", "(?:正文|全文|文章)(?:已)?结束", "请(?:遵守|自觉遵守|文明|登录|先登录|输入)", "特别(?:推荐|声明)", "[(\\[]?(?:原标题|原题)", "[(]?本文来自.{0,20}(?:下载|关注|转载)", "下载\\s*app",
        ]
        .join("|")
    ))
});

/// The longest a line may be that [`DROPPED`] takes; lawyers are allowed more.
pub(super) const DROPPED_MOST: usize = 60;

/// Lawyers' sentences, which may be long.
static LEGAL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        "(?:不代表本(?:网|站|平台)|仅代表作者|版权归原作者|未经(?:授权|许可|书面授权).{0,12}(?:转载|复制|使用|摘编)|真实性(?:未经|不作|由)|不承担.{0,8}(?:责任|侵权)|(?:本网|本站|本报|转载|违者|使用).{0,40}追究.{0,8}法律责任|侵犯(?:了)?(?:您|你)的|转载.{0,10}(?:注明|出处)|不构成.{0,10}投资建议|仅供(?:参考|其表达个人)|信息存储(?:空间)?服务|知识产权为|(?:本网|本站|网站).{0,10}著作权|刊发之日起|侵权.{0,12}(?:联系|删除)|联系.{0,10}删除)",
    )
});

/// Whether a line speaks of rights, duties and risks as lawyers do.
pub(super) fn speaks_of_rights(line: &str) -> bool {
    LEGAL_WORDS.is_match(line) && LEGAL.is_match(line)
}

/// A word of each alternative above, since most lines hold none of them.
static LEGAL_WORDS: LazyLock<Regex> = LazyLock::new(|| {
    pattern("代表|版权|未经|真实性|责任|侵|转载|投资建议|仅供|存储|删除|知识产权|著作权|刊发之日")
});

/// The note of another headline at the start of a text, or in brackets anywhere.
pub(super) static ORIGINAL_TITLE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^[\s(（\[【]*(?:原(?:标)?题|来源标题)(?:为)?[\])）】]*[:：]\s*|[(（\[【]原(?:标)?题(?:为)?\s*[:：《“][^()（）\[\]【】\n]{2,60}[)）\]】]",
    )
});

/// Takes the note of another headline out of a text.
pub(super) fn without_original_title(text: &str) -> Cow<'_, str> {
    if text.match_indices('题').any(|(at, _)| text[..at].ends_with(['原', '标'])) {
        ORIGINAL_TITLE.replace_all(text, "")
    } else {
        Cow::Borrowed(text)
    }
}

/// The longest advertisement of a widget, in characters.
const WIDGET_MOST: usize = 80;

/// Takes advertisement widgets out of a text: 「广告 … ×」, between blanks.
pub(super) fn without_widgets(text: &str) -> Cow<'_, str> {
    if !text.contains('×') {
        return Cow::Borrowed(text);
    }
    let mut pure = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("广告") {
        let behind = &rest[at + "广告".len()..];
        let (before, from) = rest.split_at(at);
        pure.push_str(before);
        if let Some(end) = widget_end(behind) {
            rest = behind[end..].trim_start_matches(' ');
            rest = rest.strip_prefix("mp-common-profile").unwrap_or(rest);
        } else {
            pure.push_str("广告");
            rest = &from["广告".len()..];
        }
    }
    pure.push_str(rest);
    Cow::Owned(pure)
}

/// Where the widget ends that follows on 「广告」: behind 「 ×」.
fn widget_end(behind: &str) -> Option<usize> {
    if !behind.starts_with([' ', '\u{3000}', '\u{a0}']) {
        return None;
    }
    let cross = behind.find('×')?;
    let widget = &behind[..cross];
    let fits = widget.ends_with([' ', '\u{3000}', '\u{a0}'])
        && !widget.contains('\n')
        && widget.chars().count() <= WIDGET_MOST;
    fits.then_some(cross + '×'.len_utf8())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_well_formed() {
        for rule in [&DROPPED, &LEGAL, &ORIGINAL_TITLE] {
            assert!(!rule.is_match("佛山与茂名签约。"));
        }
        for table in [ENDS, KNOBS] {
            for word in table {
                assert_eq!(crate::clean::fold::fold(word), *word, "help: write it as it is folded");
            }
        }
    }
}
