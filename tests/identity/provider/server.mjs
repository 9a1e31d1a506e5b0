// The certified `oidc-provider`, as a login service that puts GA4GH visas into access tokens for one resource.
// Settings come as JSON in the first argument; `keys` and `visaKeys` name files of JWK sets with private parts.

import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { randomUUID } from "node:crypto";
import { importJWK, SignJWT } from "jose";
import { Provider } from "oidc-provider";

const { port, keys, visaKeys, passports } = JSON.parse(process.argv[2]);
const issuer = `http://127.0.0.1:${port}`;
const visaIssuer = `${issuer}/visas`;
const read = (path) => JSON.parse(readFileSync(path, "utf8"));
const [visaKey] = read(visaKeys).keys;
const signer = await importJWK(visaKey, "ES256");

/** One visa document token about a person, as `fields` say. */
function visa(subject, fields) {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ ga4gh_visa_v1: { asserted: now - 86400, source: visaIssuer, ...fields } })
    .setProtectedHeader({ typ: "JWT", alg: "ES256", kid: visaKey.kid, jku: `${visaIssuer}/keys` })
    .setIssuer(visaIssuer).setSubject(subject).setJti(randomUUID())
    .setIssuedAt(now).setExpirationTime(now + 86400).sign(signer);
}

/** That the person of the visas is the one who signs in here. */
const link = (subject) => ({
  type: "LinkedIdentities",
  value: `${encodeURIComponent(subject)},${encodeURIComponent(issuer)}`,
  by: "system",
});

const client = (client_id) => ({
  client_id,
  client_secret: `${client_id}-secret`,
  grant_types: ["authorization_code", "client_credentials"],
  redirect_uris: ["http://127.0.0.1/callback"],
});

const provider = new Provider(issuer, {
  jwks: read(keys),
  clients: [client("ES256"), client("RS256")],
  cookies: { keys: ["for tests only"] },
  claims: { openid: ["sub"] },
  findAccount: (ctx, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
  async extraTokenClaims(ctx, token) {
    const subject = token.accountId;
    if (!passports[subject]) return undefined;
    const fields = [link(subject), ...passports[subject]];
    return { ga4gh_passport_v1: await Promise.all(fields.map((one) => visa(subject, one))) };
  },
  features: {
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (ctx, resource, { clientId }) => ({
        scope: "count",
        audience: resource,
        accessTokenTTL: 600,
        accessTokenFormat: "jwt",
        jwt: { sign: { alg: clientId } },
      }),
    },
  },
});

const answer = provider.callback();
const publicVisaKeys = JSON.stringify({ keys: [{ ...visaKey, d: undefined }] });
createServer((request, response) => {
  if (request.url !== "/visas/keys") return answer(request, response);
  response.writeHead(200, { "content-type": "application/json" });
  return response.end(publicVisaKeys);
}).listen(port, "127.0.0.1", () => console.log("ready"));
