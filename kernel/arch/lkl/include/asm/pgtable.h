/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_LKL_PGTABLE_H
#define _ASM_LKL_PGTABLE_H

/*
 * Three levels of software page tables.  Only the kernel itself walks user
 * mappings; mappings of vmalloc space are copied to the host by the hooks of
 * asm/cacheflush.h.
 */
#include <asm-generic/pgtable-nopud.h>

#define PMD_SHIFT		21
#define PMD_SIZE		BIT(PMD_SHIFT)
#define PMD_MASK		(~(PMD_SIZE - 1))
#define PGDIR_SHIFT		30
#define PGDIR_SIZE		BIT(PGDIR_SHIFT)
#define PGDIR_MASK		(~(PGDIR_SIZE - 1))
#define PTRS_PER_PTE		512
#define PTRS_PER_PMD		512
#define PTRS_PER_PGD		512
#define USER_PTRS_PER_PGD	(TASK_SIZE / PGDIR_SIZE)

#define _PAGE_PRESENT		0x001
#define _PAGE_WRITE		0x002
#define _PAGE_USER		0x004
#define _PAGE_ACCESSED		0x008
#define _PAGE_DIRTY		0x010
#define _PAGE_PROTNONE		0x020
#define _PAGE_EXEC		0x040
#define _PAGE_SPECIAL		0x080
#define _PAGE_SWP_EXCLUSIVE	0x100
#define _PAGE_TABLE		(_PAGE_PRESENT | _PAGE_WRITE | _PAGE_USER | \
				 _PAGE_ACCESSED | _PAGE_DIRTY)
#define _PAGE_CHG_MASK		(PAGE_MASK | _PAGE_ACCESSED | _PAGE_DIRTY | \
				 _PAGE_SPECIAL)

#define _PAGE_BASE		(_PAGE_PRESENT | _PAGE_ACCESSED)
#define PAGE_NONE		__pgprot(_PAGE_PROTNONE | _PAGE_ACCESSED)
#define PAGE_READONLY		__pgprot(_PAGE_BASE | _PAGE_USER)
#define PAGE_READONLY_EXEC	__pgprot(_PAGE_BASE | _PAGE_USER | _PAGE_EXEC)
#define PAGE_SHARED		__pgprot(_PAGE_BASE | _PAGE_USER | _PAGE_WRITE)
#define PAGE_SHARED_EXEC	__pgprot(_PAGE_BASE | _PAGE_USER | \
					 _PAGE_WRITE | _PAGE_EXEC)
#define PAGE_KERNEL		__pgprot(_PAGE_BASE | _PAGE_WRITE | _PAGE_DIRTY)
#define PAGE_KERNEL_EXEC	__pgprot(_PAGE_BASE | _PAGE_WRITE | \
					 _PAGE_DIRTY | _PAGE_EXEC)
#define PAGE_KERNEL_RO		__pgprot(_PAGE_BASE)

#ifndef __ASSEMBLY__

#include <linux/mm_types.h>
#include <asm/page.h>
#include <asm/processor.h>
#include <asm/sparsemem.h>

extern pgd_t swapper_pg_dir[PTRS_PER_PGD];
extern unsigned long *empty_zero_page;
extern unsigned long lkl_vmalloc_start, lkl_vmalloc_end;
extern unsigned long lkl_vmemmap;

#define VMALLOC_START		lkl_vmalloc_start
#define VMALLOC_END		lkl_vmalloc_end
#define vmemmap			((struct page *)lkl_vmemmap)

#define ZERO_PAGE(vaddr)	((void)(vaddr), virt_to_page(empty_zero_page))

#define pte_ERROR(e)	pr_err("bad pte %016lx\n", pte_val(e))
#define pmd_ERROR(e)	pr_err("bad pmd %016lx\n", pmd_val(e))
#define pgd_ERROR(e)	pr_err("bad pgd %016lx\n", pgd_val(e))

static inline int pud_none(pud_t pud)
{
	return !pud_val(pud);
}

static inline int pud_bad(pud_t pud)
{
	return (pud_val(pud) & ~PAGE_MASK) != _PAGE_TABLE;
}

static inline int pud_present(pud_t pud)
{
	return pud_val(pud) & _PAGE_PRESENT;
}

static inline void set_pud(pud_t *pudp, pud_t pud)
{
	WRITE_ONCE(*pudp, pud);
}

static inline void pud_clear(pud_t *pudp)
{
	set_pud(pudp, __pud(0));
}

static inline pmd_t *pud_pgtable(pud_t pud)
{
	return __va(pud_val(pud) & PAGE_MASK);
}

#define pud_page(pud)		pfn_to_page(pud_val(pud) >> PAGE_SHIFT)

static inline int pmd_none(pmd_t pmd)
{
	return !pmd_val(pmd);
}

static inline int pmd_bad(pmd_t pmd)
{
	return (pmd_val(pmd) & ~PAGE_MASK) != _PAGE_TABLE;
}

static inline int pmd_present(pmd_t pmd)
{
	return pmd_val(pmd) & _PAGE_PRESENT;
}

static inline void set_pmd(pmd_t *pmdp, pmd_t pmd)
{
	WRITE_ONCE(*pmdp, pmd);
}

static inline void pmd_clear(pmd_t *pmdp)
{
	set_pmd(pmdp, __pmd(0));
}

#define pmd_pfn(pmd)		(pmd_val(pmd) >> PAGE_SHIFT)
#define pmd_page(pmd)		pfn_to_page(pmd_pfn(pmd))
#define pmd_page_vaddr(pmd)	((unsigned long)__va(pmd_val(pmd) & PAGE_MASK))

#define PFN_PTE_SHIFT		PAGE_SHIFT
#define pte_pfn(pte)		(pte_val(pte) >> PAGE_SHIFT)
#define pte_page(pte)		pfn_to_page(pte_pfn(pte))
#define pfn_pte(pfn, prot)	__pte(((unsigned long)(pfn) << PAGE_SHIFT) | \
				      pgprot_val(prot))
#define mk_pte(page, prot)	pfn_pte(page_to_pfn(page), prot)

static inline void set_pte(pte_t *ptep, pte_t pte)
{
	WRITE_ONCE(*ptep, pte);
}

static inline int pte_none(pte_t pte)
{
	return !pte_val(pte);
}

static inline int pte_present(pte_t pte)
{
	return pte_val(pte) & (_PAGE_PRESENT | _PAGE_PROTNONE);
}

static inline void pte_clear(struct mm_struct *mm, unsigned long addr,
			     pte_t *ptep)
{
	set_pte(ptep, __pte(0));
}

static inline int pte_write(pte_t pte)
{
	return pte_val(pte) & _PAGE_WRITE;
}

static inline int pte_dirty(pte_t pte)
{
	return pte_val(pte) & _PAGE_DIRTY;
}

static inline int pte_young(pte_t pte)
{
	return pte_val(pte) & _PAGE_ACCESSED;
}

#define PTE_SET(name, bits)						\
static inline pte_t pte_##name(pte_t pte)				\
{									\
	return __pte(pte_val(pte) | (bits));				\
}

#define PTE_CLEAR(name, bits)						\
static inline pte_t pte_##name(pte_t pte)				\
{									\
	return __pte(pte_val(pte) & ~(bits));				\
}

PTE_CLEAR(mkclean, _PAGE_DIRTY)
PTE_SET(mkdirty, _PAGE_DIRTY)
PTE_CLEAR(mkold, _PAGE_ACCESSED)
PTE_SET(mkyoung, _PAGE_ACCESSED)
PTE_CLEAR(wrprotect, _PAGE_WRITE)
PTE_SET(mkwrite_novma, _PAGE_WRITE)
PTE_SET(swp_mkexclusive, _PAGE_SWP_EXCLUSIVE)
PTE_CLEAR(swp_clear_exclusive, _PAGE_SWP_EXCLUSIVE)
#undef PTE_SET
#undef PTE_CLEAR

static inline int pte_swp_exclusive(pte_t pte)
{
	return pte_val(pte) & _PAGE_SWP_EXCLUSIVE;
}

static inline pte_t pte_modify(pte_t pte, pgprot_t prot)
{
	return __pte((pte_val(pte) & _PAGE_CHG_MASK) | pgprot_val(prot));
}

#ifdef CONFIG_TRANSPARENT_HUGEPAGE
/*
 * The page cache has large folios, but nothing maps huge pages: these functions
 * exist for generic code that is compiled and never called.
 */
#define has_transparent_hugepage()	0
#define pmdp_establish			generic_pmdp_establish

static inline int pmd_trans_huge(pmd_t pmd)
{
	return 0;
}

#define pmd_write pmd_write
static inline int pmd_write(pmd_t pmd)
{
	return pmd_val(pmd) & _PAGE_WRITE;
}

#define pmd_dirty pmd_dirty
static inline int pmd_dirty(pmd_t pmd)
{
	return pmd_val(pmd) & _PAGE_DIRTY;
}

#define pmd_young pmd_young
static inline int pmd_young(pmd_t pmd)
{
	return pmd_val(pmd) & _PAGE_ACCESSED;
}

#define PMD_AS_PTE(name)						\
static inline pmd_t pmd_##name(pmd_t pmd)				\
{									\
	return __pmd(pte_val(pte_##name(__pte(pmd_val(pmd)))));		\
}

PMD_AS_PTE(mkclean)
PMD_AS_PTE(mkdirty)
PMD_AS_PTE(mkold)
PMD_AS_PTE(mkyoung)
PMD_AS_PTE(wrprotect)
PMD_AS_PTE(mkwrite_novma)
#undef PMD_AS_PTE

static inline void set_pmd_at(struct mm_struct *mm, unsigned long addr,
			      pmd_t *pmdp, pmd_t pmd)
{
	set_pmd(pmdp, pmd);
}

static inline pmd_t pmd_mkhuge(pmd_t pmd)
{
	return pmd;
}

static inline pmd_t pmd_mkinvalid(pmd_t pmd)
{
	return __pmd(pmd_val(pmd) & ~_PAGE_PRESENT);
}

static inline pmd_t pmd_modify(pmd_t pmd, pgprot_t prot)
{
	return __pmd((pmd_val(pmd) & _PAGE_CHG_MASK) | pgprot_val(prot));
}

static inline void update_mmu_cache_pmd(struct vm_area_struct *vma,
					unsigned long addr, pmd_t *pmdp)
{
}

#define pfn_pmd(pfn, prot)	__pmd(pte_val(pfn_pte(pfn, prot)))
#define mk_pmd(page, prot)	pfn_pmd(page_to_pfn(page), prot)
#endif

struct vm_fault;

static inline void update_mmu_cache_range(struct vm_fault *vmf,
					  struct vm_area_struct *vma,
					  unsigned long addr, pte_t *ptep,
					  unsigned int nr)
{
}

#define update_mmu_cache(vma, addr, ptep) \
	update_mmu_cache_range(NULL, vma, addr, ptep, 1)

/* Swap entries: the type in bits 9 to 13, the offset above; never present. */
#define __swp_type(x)		(((x).val >> 9) & 0x1f)
#define __swp_offset(x)		((x).val >> 14)
#define __swp_entry(type, off)	((swp_entry_t) { ((type) << 9) | ((off) << 14) })
#define __pte_to_swp_entry(pte)	((swp_entry_t) { pte_val(pte) })
#define __swp_entry_to_pte(x)	__pte((x).val)

#endif /* __ASSEMBLY__ */

#endif /* _ASM_LKL_PGTABLE_H */
