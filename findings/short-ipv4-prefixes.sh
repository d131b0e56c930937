#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# IPv4 prefixes with fewer than four numbers, such as 10.1/16.
#
# One would guess: all network tools of Linux read 10.1/16 as 10.1.0.0/16, as routing
# tables print it, or all read it as inet_aton() reads 10.1, which is 10.0.0.1.
#
# In fact iproute2 6.1.0 and iptables 1.8.9 append zeros, ipset 7.17 asks the C library,
# where the last number fills the remaining bytes, and nft 1.0.6 refuses the prefix. So a
# set with 10.1.2/24 contains 10.1.0.0/24, while a route or a rule with 10.1.2/24 is for
# 10.1.2.0/24. "ip address add 127.1/8" adds 127.1.0.0, and "ping 127.1" sends to
# 127.0.0.1.
#
# Source: iproute2 6.1.0, lib/utils.c, get_addr_ipv4(); iptables 1.8.9,
# libxtables/xtables.c, __numeric_to_ipaddr(); ipset 7.17, lib/parse.c,
# call_getaddrinfo(); POSIX, inet_addr().
#
# Needs: root, apt-get, unshare; a kernel with ip_set_hash_net and nf_tables.
set -eu

iproute2_version=6.1.0-3
iptables_version=1.8.9-2
ipset_version=7.17-1
nftables_version=1.0.6-2+deb12u2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -q -q -o APT::Sandbox::User= download "iproute2=$iproute2_version" \
	"iptables=$iptables_version" "libxtables12=$iptables_version" libip4tc2 libip6tc2 \
	"ipset=$ipset_version" "libipset13=$ipset_version" "nftables=$nftables_version" \
	"libnftables1=$nftables_version" libnftnl11 libmnl0 libbpf1 >/dev/null
for package in *.deb; do
	dpkg-deb -x "$package" root
done
libraries=$(find "$work/root" -name 'lib*.so.*' -printf '%h\n' | sort -u | tr '\n' ':')
LD_LIBRARY_PATH=${libraries%:}
XTABLES_LIBDIR=$(find "$work/root" -type d -name xtables)
PATH=$work/root/usr/sbin:$work/root/sbin:$work/root/bin:$PATH
export LD_LIBRARY_PATH XTABLES_LIBDIR

cat >try <<'END'
set -eu
ip link set lo up
ip route add "$1" dev lo
ip route | sed 's/ .*//; s/^/ip route: /'
iptables-nft -A INPUT -s "$1" -j ACCEPT
iptables-nft -S | sed -n 's,-A INPUT -s \([0-9./]*\) .*,iptables: \1,p'
ipset create set hash:net
ipset add set "$1"
ipset list set | tail -n 1 | sed 's/^/ipset: /'
nft add table ip t
nft add chain ip t c
nft add rule ip t c ip saddr "$1" accept 2>/dev/null && echo nft: accepts || echo nft: refuses
END
ip -V
iptables-nft --version
ipset --version
nft --version
for prefix in 10.1/16 10.1.2/24; do
	unshare -n sh try "$prefix" >"${prefix%/*}"
	echo "$prefix: $(tr '\n' ';' <"${prefix%/*}")"
done
added=$(unshare -n sh -c 'ip address add 127.1/8 dev lo; ip -br address show dev lo' | awk '{ print $3 }')
resolved=$(getent ahostsv4 127.1 | awk '{ print $1; exit }')
echo "127.1/8: ip address: $added; getaddrinfo(): $resolved"

[ "$(tr '\n' ';' <10.1)" = 'ip route: 10.1.0.0/16;iptables: 10.1.0.0/16;ipset: 10.0.0.0/16;nft: refuses;' ] ||
	{ echo "CHANGED: 10.1/16" >&2; exit 1; }
[ "$(tr '\n' ';' <10.1.2)" = 'ip route: 10.1.2.0/24;iptables: 10.1.2.0/24;ipset: 10.1.0.0/24;nft: refuses;' ] ||
	{ echo "CHANGED: 10.1.2/24" >&2; exit 1; }
[ "$added $resolved" = '127.1.0.0/8 127.0.0.1' ] || { echo "CHANGED: 127.1" >&2; exit 1; }
echo "as recorded"
