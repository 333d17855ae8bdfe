// How a site's server signs a token. Executed against the server in the tests, so they are whole programs, each reading the
// secret from its environment and printing the token.

/** @type {{key: string, label: string, code: string}[]} */
export const SAMPLES = [
  { key: 'python', label: 'Python', code: `# pip install pyjwt
import os
import time

import jwt

SECRET = os.environ["DESKBELL_SECRET"]

claims = {
    "external_user_id": "user-4711",
    "email": "zoe@example.com",
    "first_name": "Zoe",
    "last_name": "Miller",
    "exp": int(time.time()) + 600,
    "contact_custom_attributes": {"plan": "premium"},
}
token = jwt.encode(claims, SECRET, algorithm="HS256")
print(token)
` },
  { key: 'node', label: 'Node.js', code: `// npm install jsonwebtoken
const jwt = require("jsonwebtoken");

const SECRET = process.env.DESKBELL_SECRET;

const claims = {
  external_user_id: "user-4711",
  email: "zoe@example.com",
  first_name: "Zoe",
  last_name: "Miller",
  exp: Math.floor(Date.now() / 1000) + 600,
  contact_custom_attributes: { plan: "premium" },
};
const token = jwt.sign(claims, SECRET, { algorithm: "HS256" });
console.log(token);
` },
  { key: 'go', label: 'Go', code: `// go get github.com/golang-jwt/jwt/v5
package main

import (
	"fmt"
	"log"
	"os"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

func main() {
	secret := []byte(os.Getenv("DESKBELL_SECRET"))
	claims := jwt.MapClaims{
		"external_user_id": "user-4711",
		"email":            "zoe@example.com",
		"first_name":       "Zoe",
		"last_name":        "Miller",
		"exp":              time.Now().Add(10 * time.Minute).Unix(),
		"contact_custom_attributes": map[string]any{"plan": "premium"},
	}
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString(secret)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(token)
}
` },
  { key: 'php', label: 'PHP', code: `<?php // nothing to install
$secret = getenv("DESKBELL_SECRET");

$claims = [
    "external_user_id" => "user-4711",
    "email" => "zoe@example.com",
    "first_name" => "Zoe",
    "last_name" => "Miller",
    "exp" => time() + 600,
    "contact_custom_attributes" => ["plan" => "premium"],
];
$base64url = fn(string $bytes): string => rtrim(strtr(base64_encode($bytes), "+/", "-_"), "=");
$signed = $base64url(json_encode(["alg" => "HS256", "typ" => "JWT"])) . "." . $base64url(json_encode($claims));
$token = $signed . "." . $base64url(hash_hmac("sha256", $signed, $secret, true));
echo $token, PHP_EOL;
` },
  { key: 'ruby', label: 'Ruby', code: `# nothing to install
require "json"
require "openssl"

SECRET = ENV.fetch("DESKBELL_SECRET")

claims = {
  external_user_id: "user-4711",
  email: "zoe@example.com",
  first_name: "Zoe",
  last_name: "Miller",
  exp: Time.now.to_i + 600,
  contact_custom_attributes: { plan: "premium" },
}
base64url = ->(bytes) { [bytes].pack("m0").tr("+/", "-_").delete("=") }
signed = [{ alg: "HS256", typ: "JWT" }, claims].map { |part| base64url.(JSON.generate(part)) }.join(".")
token = signed + "." + base64url.(OpenSSL::HMAC.digest("SHA256", SECRET, signed))
puts token
` },
];
