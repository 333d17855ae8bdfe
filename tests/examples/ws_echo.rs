//! An echo server on the very socket layer of the house, with its limits raised, for public conformance suites.
//!
//! `cargo run --release --example ws-echo -- --listen 127.0.0.1:9001`

use deskbell::http::server::{ServerOptions, serve};
use deskbell::http::socket::{self, Message, Socket, SocketOptions};
use deskbell::http::{Reply, Request};
use std::time::Duration;

/// What the largest cases of the suites send.
const MESSAGE_BYTES_MAX: usize = 64 * 1024 * 1024;

async fn echo(socket: Socket) {
    let (mut reader, writer) = socket.split();
    while let Ok(message) = reader.next().await {
        let sent = match message {
            Message::Text(text) => writer.send_text(&text).await,
            Message::Binary(bytes) => writer.send_binary(&bytes).await,
        };
        if sent.is_err() {
            return;
        }
    }
}

async fn door(mut request: Request) -> Reply {
    let options = SocketOptions { message_bytes_max: MESSAGE_BYTES_MAX, binary: true, silence_max: Duration::from_secs(600) };
    match socket::upgrade(&mut request, options, echo) {
        Ok(reply) => reply,
        Err(error) => Reply::bytes(400, "text/plain; charset=utf-8", format!("{error}\n")),
    }
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let address = match arguments.as_slice() {
        [] => "127.0.0.1:9001",
        [key, address] if key == "--listen" => address,
        _ => return Err(std::io::Error::other("usage: ws-echo [--listen ADDR]")),
    };
    let listener = tokio::net::TcpListener::bind(address).await?;
    println!("echoing on ws://{}", listener.local_addr()?);
    let stop = async {
        let _ = tokio::signal::ctrl_c().await;
    };
    serve(listener, ServerOptions::default(), stop, door).await;
    Ok(())
}
