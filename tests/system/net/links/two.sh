# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What is tried between two instances, one.json and two.json, 10.3.0.1 and 10.3.0.2.

# shellcheck disable=SC2154
one()
{
	config=$work/one.json inside "$@"
}

two_instances()
{
	config=$work/two.json start server inside iperf3 -s --forceflush
	try server one iperf3 -c 10.3.0.2 -n 1K
	one ping -c 3 -i 0.01 -w 60 10.3.0.2 >output
	has output '3 received'
	one ping -c 3 -i 0.01 -w 60 -s 20000 fd03::2 >output
	has output '3 received'
	one iperf3 -c 10.3.0.2 -n 50M
	one iperf3 -c fd03::2 -n 50M -R
	one iperf3 -c 10.3.0.2 -n 50M -P 4 --bidir
	stop server

	# Bytes arrive as they were, and the end of the stream too.
	random 3000001 1 >data
	: >got
	config=$work/two.json start server inside socat -u TCP-LISTEN:9 CREATE:got
	try server one socat -u OPEN:data TCP:10.3.0.2:9
	finished server
	same data got
	# Either may leave and come back.
	config=$work/two.json start server inside socat -u TCP6-LISTEN:9 CREATE:got
	try server one socat -u OPEN:data 'TCP6:[fd03::2]:9'
	finished server
	same data got
}
