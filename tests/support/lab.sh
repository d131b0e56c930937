# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# A network of its own for each test: a namespace of the host (outside) with a tap, and
# programs on LKL's stack at the other end of the tap (inside).
#
# With LAB_NATIVE=1, inside is a second namespace on a veth pair, to check a test on the
# host's own stack.

support=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/support/lib.sh
. "$support/lib.sh"

[ "$(id -u)" = 0 ] || skip "needs root, for network namespaces"
[ -e /dev/net/tun ] || skip "the host has no /dev/net/tun"

# shellcheck disable=SC2034 # for the tests
host4=10.9.0.1 host6=fd09::1 lkl4=10.9.0.2 lkl6=fd09::2 lkl_mac=02:00:00:00:09:02
native=${LAB_NATIVE:-}
ns=lab-$$
declare -A started=()
chmod 755 .
trap 'end_lab' EXIT

# Remove what a test left behind.
end_lab()
{
	local status=$? side

	set +e
	exec 2>/dev/null
	cd /
	for side in "$ns" "$ns-in" "$ns-peer"; do
		[ -e "/run/netns/$side" ] || continue
		ip netns pids "$side" | xargs -r kill -KILL
		ip netns del "$side"
		rm -rf "/etc/netns/$side"
	done
	if [ -n "${!started[*]}" ]; then
		kill -KILL "${started[@]}"
	fi
	wait
	if [ $status != 0 ] && [ $status != 77 ]; then
		tail -n 40 "$work"/*.log
	fi
	rm -rf "$work"
	exit $status
}

ip netns add "$ns"
ip -n "$ns" link set lo up
if [ -n "$native" ]; then
	ip netns add "$ns-in"
	ip -n "$ns-in" link set lo up
fi

# plug DEVICE: give an interface of the namespace its addresses.
plug()
{
	ip -n "$ns" link set "$1" up
	ip -n "$ns" addr add "$host4/24" dev "$1"
	ip -n "$ns" -6 addr add "$host6/64" dev "$1" nodad
}

# lab [OFFLOAD [MTU]]: make the network that most tests use.
lab()
{
	offload=${1:-0xc803} mtu=${2:-1500}
	if [ -n "$native" ]; then
		ip -n "$ns" link add tap0 type veth peer name eth0 netns "$ns-in"
		ip -n "$ns-in" link set eth0 address "$lkl_mac" mtu "$mtu" up
		ip -n "$ns-in" addr add "$lkl4/24" dev eth0
		ip -n "$ns-in" -6 addr add "$lkl6/64" dev eth0 nodad
		ip -n "$ns-in" route add default via "$host4"
		mkdir -p "/etc/netns/$ns-in"
		echo "nameserver $host4" >"/etc/netns/$ns-in/resolv.conf"
	else
		ip -n "$ns" tuntap add dev tap0 mode tap vnet_hdr
	fi
	ip -n "$ns" link set tap0 mtu "$mtu"
	plug tap0
	configure lkl-hijack.json tap tap0 "$lkl4" "$lkl6" "$lkl_mac"
}

# configure FILE TYPE PARAM [IPV4 IPV6 MAC]: write a configuration with one interface.
# $interface_keys has more keys of the interface and $other_keys more keys of the rest, as
# `"key":"value",`.
configure()
{
	cat >"$1" <<-END
	{
	    ${other_keys:-}
	    "nameserver": "$host4",
	    "interfaces": [
	        {
	            "type": "$2",
	            "param": "$3",
	            ${interface_keys:-}
	            ${4:+"\"ip\": \"$4\", \"masklen\": \"24\","}
	            ${5:+"\"ipv6\": \"$5\", \"masklen6\": \"64\","}
	            ${6:+"\"mac\": \"$6\","}
	            "mtu": "${mtu:-1500}",
	            "offload": "${offload:-0xc803}"
	        }
	    ]
	}
	END
}

# set_words SIDE: set the words that run a program on a side; inside as $config says.
set_words()
{
	case $1 in
	outside) words=(ip netns exec "$ns") ;;
	inside)
		if [ -n "$native" ]; then
			words=(ip netns exec "$ns-in")
		else
			words=(ip netns exec "$ns" env
				"LKL_HIJACK_CONFIG_FILE=${config:-$work/lkl-hijack.json}"
				"$LKL_HIJACK")
		fi
		;;
	esac
}

# on SIDE COMMAND...: run a command to its end, for at most $limit seconds.
on()
{
	local words

	set_words "$1"
	shift
	timeout --foreground -k 10 "${limit:-120}" "${words[@]}" "$@"
}

outside()
{
	on outside "$@"
}

inside()
{
	on inside "$@"
}

# Find the interpreter itself: python3 may be a script that executes other programs, each
# with a network of its own.
find_python()
{
	python=$(python3 -c 'import sys; print(sys.executable)')
}

# start NAME SIDE COMMAND...: run a command in the background; its output is NAME.log.
start()
{
	local name=$1 words

	set_words "$2"
	shift 2
	"${words[@]}" "$@" >"$name.log" 2>&1 &
	started[$name]=$!
}

# stop NAME: end a command of start and wait for its end.
stop()
{
	kill "${started[$1]}" 2>/dev/null || :
	finish "$1" || :
}

# finish NAME: wait for the end of a command of start; return its status.
finish()
{
	local pid=${started[$1]} status=0

	timeout 120 tail -s 0.05 -f /dev/null --pid "$pid" || fail "$1 does not end"
	wait "$pid" || status=$?
	unset "started[$1]"
	return $status
}

# finished NAME: the same, and it was successful.
finished()
{
	finish "$1" || { cat "$1.log"; fail "$1 fails"; }
}

# What is tried again, because a server is not ready at once: as long as the server NAME
# lives.  try NAME COMMAND...
try()
{
	local name=$1

	shift
	for _ in $(seq 300); do
		"$@" && return
		[ -e "/proc/${started[$name]}" ] || break
		read -rt 0.1 <>/dev/zero || :
	done
	cat "$name.log"
	fail "$name does not answer: $*"
}

# answers NAME SIDE ADDRESS PORT: waits until it accepts a connection from that side.
answers()
{
	try "$1" on "$2" python3 -c 'import socket, sys
try:
    socket.create_connection((sys.argv[1], int(sys.argv[2])), 5).close()
except OSError:
    sys.exit(1)' "$3" "$4"
}

# listens NAME PORT: waits until it does, outside; it sees no connection.
listens()
{
	local words

	set_words outside
	try "$1" "${words[@]}" awk -v "port=$(printf ':%04X$' "$2")" \
		'$2 ~ port && $4 == "0A" { found = 1 } END { exit !found }' \
		/proc/net/tcp /proc/net/tcp6
}

# same FILE FILE
same()
{
	cmp "$1" "$2" || fail "$2 is not what was sent"
}

# has FILE TEXT...: each of them, literally
has()
{
	local file=$1

	shift
	for text in "$@"; do
		grep -qF -- "$text" "$file" || { cat "$file"; fail "no '$text' in $file"; }
	done
}

# A web server outside with some files, also by the name server.lab.
web_server()
{
	mkdir -p www
	echo "a small page" >www/index.html
	random 30000001 1 >www/big
	start web outside python3 -m http.server --directory www --bind :: 80
	start names outside dnsmasq --keep-in-foreground --conf-file=/dev/null \
		--no-resolv --no-hosts --pid-file --user=root --log-facility=- \
		--host-record=server.lab,$host4,$host6 --bind-interfaces \
		--listen-address=$host4,$host6
	listens web 80
	listens names 53
}
