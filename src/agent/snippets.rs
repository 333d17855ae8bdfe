//! The embed codes, ours and the four we answer to, as their own documents print them: only host and key are this house's.

use crate::model::inbox::Inbox;
use serde_json::{Value, json};

/// Ours: one request, settings included.
fn deskbell(base: &str, key: &str) -> String {
    format!("<script async src=\"{base}/w/{key}.js\"></script>")
}

/// Libredesk's (row 1).
fn libredesk(base: &str, key: &str) -> String {
    format!(
        "<script>\n  window.LibredeskSettings = {{\n    baseURL: '{base}',\n    inboxID: '{key}'\n  }};\n</script>\n\
         <script async src=\"{base}/widget.js\"></script>"
    )
}

/// SeggWat's (rows 113, 114).
fn seggwat(base: &str, key: &str) -> String {
    format!("<script src=\"{base}/static/widgets/v1/seggwat-feedback.js\"\n        data-project-key=\"{key}\"></script>")
}

/// SupportPal's (row 199). The user's details are the customer's to add.
fn supportpal(base: &str, key: &str) -> String {
    format!(
        "<script>\n  window.supportpalAsyncInit = function () {{\n    SupportPal.init({{\n      baseURL: \"{base}/en/chat\",\n      \
         hash: \"{key}\"\n    }});\n  }};\n</script>\n<script async src=\"{base}/en/chat/widget.js\"></script>"
    )
}

/// LiveChat's, with its queue of calls made before the script is there (row 210).
fn livechat(base: &str, license: i64) -> String {
    format!(
        r#"<script>
  window.__lc = window.__lc || {{}};
  window.__lc.license = {license};
  window.__lc.integration_name = "custom_integration";
  window.__lc.product_name = "livechat";
  ;(function(n,t,c){{
    function i(n){{return e._h?e._h.apply(null,n):e._q.push(n)}}
    var e={{_q:[],_h:null,_v:"2.0",on:function(){{i(["on",c.call(arguments)])}},
    once:function(){{i(["once",c.call(arguments)])}},off:function(){{i(["off",c.call(arguments)])}},
    get:function(){{if(!e._h)throw new Error("[LiveChatWidget] You cannot use getters before load.");
    return i(["get",c.call(arguments)])}},call:function(){{i(["call",c.call(arguments)])}}}};
    window.LiveChatWidget=e;
    var s=t.createElement("script");
    s.async=!0;s.type="text/javascript";
    s.src="{base}/tracking.js";
    t.head.appendChild(s);
  }})(window,document,[].slice);
</script>"#
    )
}

/// All of them (row 178).
pub fn all(inbox: &Inbox, base: &str) -> Value {
    let key = inbox.uuid.to_string();
    json!({
        "deskbell": deskbell(base, &key), "libredesk": libredesk(base, &key), "seggwat": seggwat(base, &key),
        "supportpal": supportpal(base, &key), "livechat": livechat(base, inbox.id.0),
    })
}
