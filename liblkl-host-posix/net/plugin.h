/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Back ends that need other libraries are plug-ins, so that programs that do
 * not use these back ends need not load the libraries.
 *
 * A plug-in is a shared object with one function, lkl_net_plugin().  The
 * plug-in calls nothing of this library by name: the library hands it a table
 * of services.  A plug-in contains a struct lkl_net_fd and calls its functions,
 * so both sides must agree on that structure.
 */
#ifndef LKL_POSIX_PLUGIN_H
#define LKL_POSIX_PLUGIN_H

#include "net/backend.h"

/*
 * Version of this interface.  Members are only ever added at the end of struct
 * lkl_net_services; any other change of a structure in this header, of struct
 * lkl_net_fd or of struct lkl_watch gets a new version.
 */
#define LKL_NET_PLUGIN_VERSION	2
#define LKL_NET_PLUGIN_ENTRY	"lkl_net_plugin"

/**
 * struct lkl_net_services - what the library offers to a plug-in
 * @size:	sizeof(struct lkl_net_services)
 * @report:	lkl_posix_report()
 * @report_open_error: lkl_posix_report_open_error()
 * @watch:	lkl_poller_watch()
 * @unwatch:	lkl_poller_unwatch()
 * @set_events:	lkl_poller_set_events()
 * @raise:	lkl_poller_raise()
 * @fd_init:	lkl_net_fd_init()
 * @fd_set_name: lkl_net_fd_set_name()
 * @fd_open:	lkl_net_fd_open()
 * @fd_close:	lkl_net_fd_close()
 * @fd_free:	lkl_net_fd_free()
 * @fd_want_rx:	lkl_net_fd_want_rx()
 * @fd_want_tx:	lkl_net_fd_want_tx()
 * @packet_read: lkl_packet_read()
 * @packet_set:	lkl_packet_set()
 */
struct lkl_net_services {
	uint32_t size;
	void (*report)(const char *fmt, ...)
		__attribute__((format(printf, 1, 2)));
	void (*report_open_error)(const char *type, const char *name,
				  int host_errno);
	int (*watch)(struct lkl_poller *p, struct lkl_watch *w);
	void (*unwatch)(struct lkl_poller *p, struct lkl_watch *w);
	void (*set_events)(struct lkl_poller *p, struct lkl_watch *w,
			   int events);
	void (*raise)(struct lkl_poller *p, struct lkl_watch *w, int revents);
	void (*fd_init)(struct lkl_net_fd *net, int fd,
			const struct lkl_host_net_ops *ops,
			void (*free)(struct lkl_netdev *nd));
	void (*fd_set_name)(struct lkl_net_fd *net, const char *type,
			    const char *name);
	int (*fd_open)(struct lkl_netdev *nd, struct lkl_poller *poller,
		       uint64_t features,
		       void (*ready)(void *data, uint32_t events), void *data);
	void (*fd_close)(struct lkl_netdev *nd);
	void (*fd_free)(struct lkl_netdev *nd);
	void (*fd_want_rx)(struct lkl_netdev *nd, int on);
	void (*fd_want_tx)(struct lkl_net_fd *net, bool on);
	size_t (*packet_read)(const struct lkl_packet *p, size_t pos, void *buf,
			      size_t len);
	void (*packet_set)(struct lkl_packet *p, const void *buf, size_t len);
};

/**
 * struct lkl_net_plugin - what a plug-in offers to the library
 * @version:	LKL_NET_PLUGIN_VERSION
 * @services_size: sizeof(struct lkl_net_services), as the plug-in knows it
 * @fd_size:	sizeof(struct lkl_net_fd), as the plug-in knows it
 * @create:	return a back end for @param; NULL after a message
 */
struct lkl_net_plugin {
	uint32_t version;
	uint32_t services_size;
	uint32_t fd_size;
	struct lkl_netdev *(*create)(const struct lkl_net_services *services,
				     const char *param);
};

/* The function of a plug-in: return its structure, which stays valid. */
const struct lkl_net_plugin *lkl_net_plugin(void);

#endif /* LKL_POSIX_PLUGIN_H */
