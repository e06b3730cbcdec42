# SPDX-License-Identifier: Apache-2.0
"""What LCA tools in Python do with a system in a folder: libumfpack through ctypes (the solver bw2calc calls through
scikit-umfpack, with its default settings), SciPy's GMRES with a Jacobi preconditioner at rtol 1e-8 (bw2calc's
JacobiGMRESLCA), and NumPy draws of every exchange in the manner of stats_arrays."""
import ctypes
import pathlib

import numpy as np
import scipy.sparse as sp
import scipy.sparse.linalg as spl


class Umfpack:
    """A factorisation of a CSC matrix by libumfpack (SuiteSparse 5), default control: automatic strategy."""

    def __init__(self, matrix):
        self.library = ctypes.CDLL("libumfpack.so.5")
        self.matrix = matrix.tocsc()
        self.matrix.sort_indices()
        n = self.matrix.shape[0]
        self.p = self.matrix.indptr.astype(np.int32)
        self.i = self.matrix.indices.astype(np.int32)
        self.x = self.matrix.data.astype(np.float64)
        self.control = np.zeros(20)
        self.info = np.zeros(90)
        self.library.umfpack_di_defaults(self._double(self.control))
        symbolic, self.numeric = ctypes.c_void_p(), ctypes.c_void_p()
        arrays = (self._int(self.p), self._int(self.i), self._double(self.x))
        status = self.library.umfpack_di_symbolic(n, n, *arrays, ctypes.byref(symbolic), self._double(self.control), self._double(self.info))
        assert status == 0, "umfpack_di_symbolic: %d" % status
        status = self.library.umfpack_di_numeric(*arrays, symbolic, ctypes.byref(self.numeric), self._double(self.control), self._double(self.info))
        self.library.umfpack_di_free_symbolic(ctypes.byref(symbolic))
        assert status == 0, "umfpack_di_numeric: %d" % status

    @staticmethod
    def _int(array):
        return array.ctypes.data_as(ctypes.POINTER(ctypes.c_int32))

    @staticmethod
    def _double(array):
        return array.ctypes.data_as(ctypes.POINTER(ctypes.c_double))

    def solve(self, b):
        x = np.empty_like(b)
        status = self.library.umfpack_di_solve(0, self._int(self.p), self._int(self.i), self._double(self.x), self._double(x), self._double(b),
                                               self.numeric, self._double(self.control), self._double(self.info))
        assert status == 0, "umfpack_di_solve: %d" % status
        return x

    def __del__(self):
        if getattr(self, "numeric", None):
            self.library.umfpack_di_free_numeric(ctypes.byref(self.numeric))


def gmres(matrix, b, guess=None):
    diagonal = matrix.diagonal()
    diagonal[diagonal == 0] = 1.0
    jacobi = spl.LinearOperator(matrix.shape, lambda v: v / diagonal)
    x, info = spl.gmres(matrix, b, x0=guess, M=jacobi, tol=1e-8, atol=0.0, restart=100, maxiter=100)
    return x if info == 0 else Umfpack(matrix).solve(b)


class System:
    def __init__(self, folder, uncertainty=False):
        self.folder = pathlib.Path(folder)
        (a_r, a_c, a_v), shape = self._matrix("A.mtx")
        self.A = sp.csc_matrix((a_v, (a_r, a_c)), shape=shape)
        (b_r, b_c, b_v), shape = self._matrix("B.mtx")
        self.B = sp.csc_matrix((b_v, (b_r, b_c)), shape=shape)
        (c_r, c_c, c_v), shape = self._matrix("C.mtx")
        self.C = sp.csr_matrix((c_v, (c_r, c_c)), shape=shape)
        self.demands = np.loadtxt(self.folder / "demand.csv", delimiter=",", skiprows=1, usecols=1, dtype=int, ndmin=1)
        self.entries = {"A": (a_r, a_c, a_v), "B": (b_r, b_c, b_v)}
        if uncertainty:
            self._read_uncertainty()

    def _matrix(self, name):
        with open(self.folder / name) as file:
            line = file.readline()
            while line.startswith("%"):
                line = file.readline()
            rows, columns, _ = map(int, line.split())
            data = np.fromstring(file.read(), sep=" ").reshape(-1, 3)
        return (data[:, 0].astype(np.int64) - 1, data[:, 1].astype(np.int64) - 1, data[:, 2]), (rows, columns)

    def _read_uncertainty(self):
        import csv
        self.draws = {}
        columns = {"A": [], "B": []}
        with open(self.folder / "uncertainty.csv") as file:
            reader = csv.reader(file)
            next(reader)
            for row in reader:
                columns[row[0]].append([float(cell) if cell else np.nan for cell in row[1:]])
        for name, rows in columns.items():
            u = np.array(rows)
            r, c, v = self.entries[name]
            width = int(max(c.max(), u[:, 1].max())) + 1
            key = r * width + c
            order = np.argsort(key)
            self.draws[name] = (order[np.searchsorted(key[order], (u[:, 0] * width + u[:, 1]).astype(np.int64))], u)

    def sample(self, name, generator):
        """The matrix with every uncertain exchange drawn."""
        r, c, v = self.entries[name]
        place, u = self.draws[name]
        values = v.copy()
        kind, loc, scale, low, high, negative = u[:, 2], u[:, 3], u[:, 4], u[:, 6], u[:, 7], u[:, 8]
        drawn = np.empty(len(u))
        k = kind == 2
        drawn[k] = generator.lognormal(loc[k], scale[k]) * np.where(negative[k] == 1, -1.0, 1.0)
        k = kind == 3
        drawn[k] = generator.normal(loc[k], scale[k])
        k = kind == 4
        drawn[k] = generator.uniform(low[k], high[k])
        k = kind == 5
        drawn[k] = generator.triangular(low[k], loc[k], high[k])
        values[place] = drawn
        return sp.csc_matrix((values, (r, c)), shape=getattr(self, name).shape)

    def unit(self, demand):
        f = np.zeros(self.A.shape[0])
        f[self.demands[demand]] = 1.0
        return f
