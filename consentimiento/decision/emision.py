"""The pen that issues proofs: taken here, once, and used by this package alone."""

from ece.nucleo.acceso import reclamar_emision

emision = reclamar_emision()
