// The same in Rust: its library asks for the environment, a directory, files, clocks and seeds through the C library and the adapter.
use std::alloc::{alloc, realloc, Layout};
use std::collections::HashMap;
use std::io::Write;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

static mut TEXT: String = String::new();
static mut ANSWERED: (*const u8, usize) = (std::ptr::null(), 0);

#[no_mangle]
pub unsafe extern "C" fn cabi_realloc(old: *mut u8, old_size: usize, align: usize, size: usize) -> *mut u8 {
    if size == 0 {
        return align as *mut u8;
    }
    if old_size == 0 {
        return alloc(Layout::from_size_align_unchecked(size, align));
    }
    realloc(old, Layout::from_size_align_unchecked(old_size, align), size)
}

fn describe() -> String {
    let mut text = format!("GREETING is {}\n", std::env::var("GREETING").unwrap_or_else(|_| "not set".into()));
    let mut names: Vec<_> = match std::fs::read_dir("/data") {
        Ok(entries) => entries.filter_map(|entry| entry.ok()).filter_map(|entry| entry.file_name().into_string().ok()).collect(),
        Err(_) => Vec::new(),
    };
    names.sort();
    // Its order is another one with each seed, so what is said of it must not depend on it.
    let mut words: HashMap<String, usize> = HashMap::new();
    for name in &names {
        let content = std::fs::read_to_string(format!("/data/{}", name)).unwrap_or_default();
        text += &format!("{}: {} bytes\n", name, content.len());
        for word in content.split_whitespace() {
            *words.entry(word.to_string()).or_insert(0) += 1;
        }
    }
    let mut counted: Vec<_> = words.iter().map(|(word, count)| format!("{} x{}\n", word, count)).collect();
    counted.sort();
    text += &counted.concat();
    text += if std::fs::metadata("/data/../secret").is_ok() { "the secret is there\n" } else { "there is no way out\n" };
    let before = Instant::now();
    let goes_on = Instant::now() >= before && SystemTime::now().duration_since(UNIX_EPOCH).is_ok();
    text + if goes_on { "time goes on\n" } else { "time goes back\n" }
}

#[no_mangle]
pub unsafe extern "C" fn setup() {
    TEXT = describe();
    println!("{} lines", TEXT.lines().count());
    std::io::stdout().flush().unwrap();
}

#[no_mangle]
pub unsafe extern "C" fn answer() -> *const (*const u8, usize) {
    ANSWERED = (TEXT.as_ptr(), TEXT.len());
    &ANSWERED
}
