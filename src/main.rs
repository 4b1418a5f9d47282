//! The program: flags in, window or command line, exit status out.

fn main() {}
