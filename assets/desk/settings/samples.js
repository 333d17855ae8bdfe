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
];
