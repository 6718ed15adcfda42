//! Compiles the simulator again when the phone page was built anew: the page is embedded in the program, and
//! cargo cannot see that by itself while the folder is missing.

fn main() {
    println!("cargo::rerun-if-changed=../../web/phone/dist");
}
