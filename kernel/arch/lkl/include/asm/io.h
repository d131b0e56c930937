/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_LKL_IO_H
#define _ASM_LKL_IO_H

#include <linux/types.h>
#include <asm/host.h>
#include <asm/page.h>

/*
 * Device registers are not memory: ioremap() returns a cookie, and every
 * access calls the device model in the host.
 */
#define LKL_IO_COOKIE		0x5a00000000000000UL

#define ioremap ioremap
static inline void __iomem *ioremap(phys_addr_t addr, size_t size)
{
	return (void __iomem *)(LKL_IO_COOKIE | addr);
}

#define iounmap iounmap
static inline void iounmap(volatile void __iomem *addr)
{
}

static inline phys_addr_t lkl_io_addr(const volatile void __iomem *addr)
{
	return (unsigned long)addr & ~LKL_IO_COOKIE;
}

#define LKL_IO(sfx, type, bytes)					\
static inline type __raw_read##sfx(const volatile void __iomem *addr)	\
{									\
	return lkl_host_mmio_read(lkl_io_addr(addr), bytes);		\
}									\
static inline void __raw_write##sfx(type val, volatile void __iomem *addr) \
{									\
	lkl_host_mmio_write(lkl_io_addr(addr), val, bytes);			\
}

LKL_IO(b, u8, 1)
LKL_IO(w, u16, 2)
LKL_IO(l, u32, 4)
LKL_IO(q, u64, 8)
#undef LKL_IO

#define __raw_readb __raw_readb
#define __raw_readw __raw_readw
#define __raw_readl __raw_readl
#define __raw_readq __raw_readq
#define __raw_writeb __raw_writeb
#define __raw_writew __raw_writew
#define __raw_writel __raw_writel
#define __raw_writeq __raw_writeq

#include <asm-generic/io.h>

#endif /* _ASM_LKL_IO_H */
