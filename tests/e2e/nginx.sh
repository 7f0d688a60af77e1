# An nginx with WebDAV, as a cache server, for the scripts that source this (after lib.sh): in the directory `server` of the current one.

has_nginx() {
  command -v nginx >/dev/null && return
  (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq nginx) >install.log 2>&1 || { tail install.log; return 1; }
}

# Sets `port`.
configure_server() {
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  mkdir -p server/root server/tmp
  chmod -R a+rwX server
  echo 'builder:{PLAIN}secret' >server/users
  cat >server/nginx.conf <<CONF
daemon off;
pid $PWD/server/pid;
error_log $PWD/server/error.log;
$([ "$(id -u)" -ne 0 ] || echo "user $(id -un);")
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path $PWD/server/tmp;
  proxy_temp_path $PWD/server/tmp; fastcgi_temp_path $PWD/server/tmp; uwsgi_temp_path $PWD/server/tmp; scgi_temp_path $PWD/server/tmp;
  server {
    listen 127.0.0.1:$port;
    root $PWD/server/root;
    dav_methods PUT;
    create_full_put_path on;
    client_max_body_size 1g;
    location / { limit_except GET HEAD PUT { deny all; } }
    location /private/ { auth_basic cache; auth_basic_user_file $PWD/server/users; }
  }
}
CONF
}

# A process of its own, which holds none of our pipes open.
start_server() {
  nginx -p "$PWD/server" -c "$PWD/server/nginx.conf" </dev/null >/dev/null 2>server/start.log &
  for _ in $(seq 100); do
    ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || return 0
    sleep 0.05
  done
  cat server/start.log
  return 1
}

workers() { ps -o pid= --ppid "$(cat server/pid)" || true; }

# Its workers too: whoever kills only the master leaves them at the port.
kill_server() {
  local processes
  [ -s server/pid ] || return 0
  processes="$(cat server/pid) $(workers)"
  # shellcheck disable=SC2086
  kill -9 $processes 2>/dev/null || true
  rm -f server/pid
}
