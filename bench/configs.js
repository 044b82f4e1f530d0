const nginxHead = (folder) => `
worker_processes 1;
daemon off;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
events { worker_connections 4096; }
http {
  access_log off;
  map_hash_bucket_size 256;
  keepalive_requests 1000000000;
  client_body_temp_path ${folder}; proxy_temp_path ${folder}; fastcgi_temp_path ${folder}; uwsgi_temp_path ${folder}; scgi_temp_path ${folder};`

const forward = 'proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Connection "";'
const pool = (upstream) =>
  `upstream up { server ${upstream.replace('http://', '')}; keepalive 128; keepalive_requests 1000000000; }`

/** nginx as the API behind all of them: 200 bytes of JSON. */
export function upstreamConfig({ folder, port }) {
  return `${nginxHead(folder)}
  server { listen 127.0.0.1:${port}; default_type application/json; location / { return 200 '${JSON.stringify({ hello: 'world', padding: 'x'.repeat(170) })}'; } }
}`
}

export function nginxPlain({ folder, port, upstream }) {
  return `${nginxHead(folder)} ${pool(upstream)}
  server { listen 127.0.0.1:${port}; location / { ${forward} } }
}`
}

/** A map of keys and a rate limit by key. */
export function nginxKeyed({ folder, port, upstream, key }) {
  return `${nginxHead(folder)} ${pool(upstream)}
  map $http_x_api_key $consumer { default ""; "${key}" "customer"; }
  limit_req_zone $consumer zone=consumers:10m rate=1000000r/s;
  server { listen 127.0.0.1:${port}; location / { if ($consumer = "") { return 401; } limit_req zone=consumers burst=100000 nodelay; ${forward} } }
}`
}

/** Each request asks a small server of ours about the key first. */
export function nginxAuthRequest({ folder, port, upstream, checkPort }) {
  return `${nginxHead(folder)} ${pool(upstream)}
  upstream check { server 127.0.0.1:${checkPort}; keepalive 128; keepalive_requests 1000000000; }
  server {
    listen 127.0.0.1:${port};
    location / { auth_request /check; ${forward} }
    location = /check { internal; proxy_pass http://check; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_pass_request_body off; proxy_set_header Content-Length ""; }
  }
}`
}

/** A map of keys and a stick table that counts by key. */
export function haproxyKeyed({ folder, port, upstream }) {
  return `
global
  nbthread 1
  maxconn 4096
defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
frontend in
  bind 127.0.0.1:${port}
  http-request set-var(txn.consumer) req.hdr(x-api-key),map(${folder}/keys.map)
  http-request deny deny_status 401 unless { var(txn.consumer) -m found }
  stick-table type string len 64 size 100k expire 1m store http_req_rate(60s)
  http-request track-sc0 var(txn.consumer)
  http-request deny deny_status 429 if { sc_http_req_rate(0) gt 1000000000 }
  default_backend up
backend up
  server up ${upstream.replace('http://', '')}
`
}
