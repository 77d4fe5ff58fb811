//! The pages that are served beside the API, built into the program.

use std::borrow::Cow;

use actix_web::{
    HttpRequest, HttpResponse, Route, guard,
    http::header::{self, HeaderValue},
    web::{self, ServiceConfig},
};
use rust_embed::{Embed, EmbeddedFile};

use crate::graphql::sdl;

/// The files of `api/web`. A name that ends in `.gz` is served under the name without it.
#[derive(Embed)]
#[folder = "web"]
struct Files;

/// Nothing from elsewhere, no frames, no inline scripts. Inline styles and embedded fonts are what
/// the GraphiQL editor is made with.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Mounts `/`, `/schema.graphql`, `/graphiql/` (not in production) and the files of the pages.
pub(crate) fn configure(services: &mut ServiceConfig, production: bool) {
    services.route("/schema.graphql", read().to(schema)).route(
        "/{file:.*}",
        read().to(move |request: HttpRequest, file: web::Path<String>| {
            let answer = page(&request, &file, production);
            std::future::ready(answer)
        }),
    );
}

/// GET and HEAD: the server leaves the body out of the answer to the latter, as HTTP asks of both alike.
fn read() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

async fn schema() -> HttpResponse {
    let mut response = HttpResponse::Ok().body(sdl());
    harden(&mut response, "text/plain; charset=utf-8");
    response
}

fn page(request: &HttpRequest, path: &str, production: bool) -> HttpResponse {
    if production && path.starts_with("graphiql") {
        return HttpResponse::NotFound().finish();
    }
    let name = match path {
        "" => "index.html",
        // The page's own files are relative to it.
        "graphiql" => {
            return HttpResponse::PermanentRedirect()
                .insert_header((header::LOCATION, "/graphiql/"))
                .finish();
        }
        "graphiql/" => "graphiql/index.html",
        "my" | "my/" => "my.html",
        "plan" | "plan/" => "plan.html",
        // Where browsers look for the icon of what is no page, such as the schema.
        "favicon.ico" => "icon.svg",
        name => name,
    };
    let (file, gzipped) = match Files::get(name) {
        Some(file) => (file, false),
        None => match Files::get(&format!("{name}.gz")) {
            Some(file) => (file, true),
            None => return HttpResponse::NotFound().finish(),
        },
    };
    let tag = tag(&file);
    if request.headers().get(header::IF_NONE_MATCH).is_some_and(|known| known == tag.as_str()) {
        // The browser takes the headers of this answer for the page that it has.
        return HttpResponse::NotModified()
            .insert_header((header::ETAG, tag))
            .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
            .finish();
    }
    let mut response = match file.data {
        Cow::Borrowed(bytes) => HttpResponse::Ok().body(bytes),
        Cow::Owned(bytes) => HttpResponse::Ok().body(bytes),
    };
    harden(&mut response, media_type(name));
    let headers = response.headers_mut();
    if gzipped {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

/// Every page is asked for anew and answered with 304 while it is the same: an upgrade is seen at
/// once.
fn harden(response: &mut HttpResponse, media_type: &'static str) {
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, media_type),
        (header::CACHE_CONTROL, "no-cache"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

fn tag(file: &EmbeddedFile) -> String {
    let hash = file.metadata.sha256_hash();
    let hex: String = hash.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    format!("\"{hex}\"")
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("json") => "application/json",
        _ => "text/plain; charset=utf-8",
    }
}

#[cfg(test)]
mod tests {
    use actix_web::{
        App,
        http::{Method, StatusCode},
        test as served,
    };
    use trunkline_domain::{fault::Language, schedules::RuleCode};

    use super::*;

    async fn ask(
        path: &str,
        production: bool,
        known: Option<&str>,
    ) -> actix_web::dev::ServiceResponse {
        let app =
            served::init_service(App::new().configure(|services| configure(services, production)))
                .await;
        let mut request = served::TestRequest::get().uri(path);
        if let Some(tag) = known {
            request = request.insert_header((header::IF_NONE_MATCH, tag));
        }
        served::call_service(&app, request.to_request()).await
    }

    fn header_of<'a>(
        response: &'a actix_web::dev::ServiceResponse,
        name: &header::HeaderName,
    ) -> &'a str {
        response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    #[actix_web::test]
    async fn the_first_page_lets_nothing_in_from_elsewhere() {
        let response = ask("/", false, None).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(header_of(&response, &header::CONTENT_TYPE), "text/html; charset=utf-8");
        assert!(
            header_of(&response, &header::CONTENT_SECURITY_POLICY).contains("script-src 'self';")
        );
    }

    #[actix_web::test]
    async fn every_page_and_the_editor_have_the_policy() {
        let names: Vec<String> = Files::iter().map(|name| name.into_owned()).collect();
        assert!(names.iter().any(|name| name == "graphiql/index.html"), "{names:?}");
        let paths = names.iter().map(|name| format!("/{}", name.trim_end_matches(".gz")));
        for path in paths.chain(["/".to_owned(), "/graphiql/".to_owned()]) {
            let response = ask(&path, false, None).await;
            assert_eq!(response.status(), StatusCode::OK, "{path}");
            let policy = header_of(&response, &header::CONTENT_SECURITY_POLICY);
            for rule in [
                "default-src 'none'",
                "script-src 'self';",
                "connect-src 'self'",
                "base-uri 'none'",
                "form-action 'none'",
                "frame-ancestors 'none'",
            ] {
                assert!(policy.contains(rule), "{path}: {rule}");
            }
            assert!(
                !policy.contains("unsafe-eval") && !policy.contains("http"),
                "{path}: {policy}"
            );
            let others = [
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
                (header::REFERRER_POLICY, "no-referrer"),
                (header::CACHE_CONTROL, "no-cache"),
            ];
            for (name, value) in others {
                assert_eq!(header_of(&response, &name), value, "{path}: {name}");
            }
            // A page that needs more than the policy gives would be broken.
            if header_of(&response, &header::CONTENT_TYPE).starts_with("text/html") {
                let body = served::read_body(response).await;
                let page = String::from_utf8_lossy(&body);
                let inline = page.split("<script").skip(1).any(|tag| {
                    let (head, body) = tag.split_once('>').unwrap_or_default();
                    !head.contains("src=") || !body.trim_start().starts_with("</script>")
                });
                assert!(!inline && !page.contains("://cdn"), "{path}");
                assert!(!page.contains(" onclick=") && !page.contains(" onload="), "{path}");
            }
        }
    }

    #[actix_web::test]
    async fn the_page_that_links_of_mails_lead_to_is_there() {
        for (path, kind) in [("/account.html", "text/html"), ("/account.js", "text/javascript")] {
            let response = ask(path, true, None).await;
            assert_eq!(response.status(), StatusCode::OK, "{path}");
            assert!(header_of(&response, &header::CONTENT_TYPE).starts_with(kind), "{path}");
        }
    }

    #[actix_web::test]
    async fn browsers_find_the_icon_where_they_look_for_it() {
        let response = ask("/favicon.ico", true, None).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(header_of(&response, &header::CONTENT_TYPE), "image/svg+xml");
    }

    #[actix_web::test]
    async fn agents_have_a_page_at_an_address_that_is_easy_to_type() {
        for path in ["/my", "/my/"] {
            let response = ask(path, true, None).await;
            assert_eq!(response.status(), StatusCode::OK, "{path}");
            assert_eq!(header_of(&response, &header::CONTENT_TYPE), "text/html; charset=utf-8");
            assert_eq!(header_of(&response, &header::CONTENT_SECURITY_POLICY), POLICY, "{path}");
            let body = served::read_body(response).await;
            assert!(String::from_utf8_lossy(&body).contains("src=\"/my/main.js\""), "{path}");
        }
    }

    #[actix_web::test]
    async fn planners_have_a_page_with_all_that_it_names() {
        for path in ["/plan", "/plan/"] {
            let response = ask(path, true, None).await;
            assert_eq!(response.status(), StatusCode::OK, "{path}");
            assert_eq!(header_of(&response, &header::CONTENT_TYPE), "text/html; charset=utf-8");
            assert_eq!(header_of(&response, &header::CONTENT_SECURITY_POLICY), POLICY, "{path}");
            let body = served::read_body(response).await;
            let page = String::from_utf8_lossy(&body);
            for file in ["/plan/page.js", "/plan/plan.css", "/wallboard.css"] {
                assert!(page.contains(&format!("\"{file}\"")), "{path}: {file}");
                assert_eq!(ask(file, true, None).await.status(), StatusCode::OK, "{file}");
            }
        }
    }

    #[test]
    fn the_planners_page_names_every_work_rule_as_the_server_does() {
        let file = Files::get("plan/rules.js").expect("the names of the rules");
        let names = String::from_utf8_lossy(&file.data);
        for &rule in RuleCode::ALL {
            let (english, chinese) = (rule.title(Language::English), rule.title(Language::Chinese));
            let line = format!("  {}: ['{english}', '{chinese}'],", rule.as_str());
            assert!(names.contains(&line), "{line}");
        }
    }

    #[test]
    fn what_a_script_imports_is_there() {
        let mut imports = 0;
        for name in Files::iter().filter(|name| !name.starts_with("graphiql/")) {
            let file = Files::get(&name).expect("a file that is listed");
            let text = String::from_utf8_lossy(&file.data);
            let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
            let lines =
                text.lines().filter(|it| it.starts_with("import ") || it.starts_with("} from "));
            for import in lines.filter_map(|line| line.split('\'').nth(1)) {
                let path = match import.strip_prefix("../") {
                    Some(path) => path.to_owned(),
                    None => format!("{folder}/{}", import.trim_start_matches("./")),
                };
                let path = path.trim_start_matches('/');
                assert!(Files::get(path).is_some(), "{name} imports {import}");
                imports += 1;
            }
        }
        assert!(imports > 10, "only {imports} imports were found");
    }

    #[actix_web::test]
    async fn a_page_that_the_browser_has_is_not_sent_again() {
        let tag = header_of(&ask("/", false, None).await, &header::ETAG).to_owned();
        let known = ask("/", false, Some(&tag)).await;
        assert_eq!(known.status(), StatusCode::NOT_MODIFIED);
        let policy = header_of(&known, &header::CONTENT_SECURITY_POLICY);
        assert_eq!(policy, POLICY, "the page lives on under the policy of this answer");
    }

    #[actix_web::test]
    async fn the_editor_comes_packed_and_not_in_production() {
        let script = ask("/graphiql/graphiql.min.js", false, None).await;
        assert_eq!(script.status(), StatusCode::OK);
        assert_eq!(header_of(&script, &header::CONTENT_ENCODING), "gzip");
        assert_eq!(ask("/graphiql/", false, None).await.status(), StatusCode::OK);
        assert_eq!(ask("/graphiql/", true, None).await.status(), StatusCode::NOT_FOUND);
    }

    #[actix_web::test]
    async fn who_only_asks_for_the_head_gets_that_of_the_page() {
        let app =
            served::init_service(App::new().configure(|services| configure(services, false))).await;
        for path in ["/", "/my", "/plan", "/schema.graphql"] {
            let request = served::TestRequest::default().method(Method::HEAD).uri(path);
            let head = served::call_service(&app, request.to_request()).await;
            let whole = ask(path, false, None).await;
            assert_eq!(head.status(), whole.status(), "{path}");
            for name in [header::CONTENT_TYPE, header::ETAG, header::CONTENT_SECURITY_POLICY] {
                assert_eq!(header_of(&head, &name), header_of(&whole, &name), "{path}: {name}");
            }
        }
    }

    #[actix_web::test]
    async fn what_is_not_there_is_not_found() {
        for path in ["/no-such-page", "/../Cargo.toml", "/%2e%2e/Cargo.toml"] {
            assert_eq!(ask(path, false, None).await.status(), StatusCode::NOT_FOUND, "{path}");
        }
    }

    #[actix_web::test]
    async fn the_schema_is_the_one_that_is_served() {
        let response = ask("/schema.graphql", true, None).await;
        let body = served::read_body(response).await;
        assert_eq!(body, sdl().as_bytes());
    }
}
